//! Pages that have changed the browser's own functions before our script runs: libraries, polyfills,
//! blockers and extensions do, and some site builders freeze everything.

use crate::trial::{Trial, trial};
use gateway::Answer;
use holds::holds;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::Stage;
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_call_works_in_a_page_that_has_patched_or_frozen_what_we_use),
        trial!(a_page_that_has_taken_away_what_nothing_stands_for_is_told_so)
            .in_one_engine("the absence is the page's; what we say of it is ours"),
    ]
}

/// What the page does first, and the file of npm that it needs for it, if any.
struct Patched {
    name: &'static str,
    library: Option<&'static str>,
    script: &'static str,
    /// Is true where the patch took hold.
    holds: &'static str,
    /// Is true after calls that went through it.
    used: &'static str,
    /// Whether drivers find an element there: Chromium's does not where objects have more than their own.
    finds: bool,
}

const PATCHED: [Patched; 8] = [
    Patched {
        name: "Zone.js",
        library: Some("zone.js/bundles/zone.umd.js"),
        script: "",
        holds: "Promise === Zone.current.run(() => Promise) && Promise.name === 'ZoneAwarePromise'",
        used: "true",
        finds: true,
    },
    Patched {
        name: "core-js",
        library: Some("core-js-bundle/minified.js"),
        script: "",
        holds: "window['__core-js_shared__'] !== undefined",
        used: "true",
        finds: true,
    },
    Patched {
        name: "intrinsics frozen by lockdown()",
        library: Some("ses/dist/lockdown.umd.min.js"),
        script: "lockdown({ errorTaming: 'unsafe', consoleTaming: 'unsafe', overrideTaming: 'severe' });",
        holds: "Object.isFrozen(Array.prototype) && Object.isFrozen(Promise)",
        used: "true",
        finds: true,
    },
    Patched {
        name: "everything frozen by hand",
        library: None,
        script: "
            for (const kind of [Array, Object, Function, Promise, Map, Set, String, Number, Error, Uint8Array, ArrayBuffer, JSON, Reflect, Math]) {
              Object.freeze(kind);
              if (kind.prototype) Object.freeze(kind.prototype);
            }
            for (const kind of [EventTarget, Node, Element, HTMLElement, Document]) Object.freeze(kind.prototype);",
        holds: "Object.isFrozen(HTMLElement.prototype)",
        used: "true",
        finds: true,
    },
    Patched {
        name: "what old libraries add",
        library: None,
        // Enumerable, as prototype.js 1.6 has them; its `toJSON` makes texts of arrays.
        script: "
            Array.prototype.toJSON = function () { return '[' + this.map((item) => JSON.stringify(item)).join(', ') + ']'; };
            String.prototype.toJSON = function () { return '\"' + this + '\"'; };
            Array.prototype.each = function (look) { for (let i = 0; i < this.length; i++) look(this[i], i); };
            Array.prototype.include = Array.prototype.includes = function (item) { return this.indexOf(item) >= 0; };
            Array.prototype.find = Array.prototype.detect = function (fits) { for (let i = 0; i < this.length; i++) if (fits(this[i], i)) return this[i]; };
            Array.from = window.$A = function (list) { const all = []; for (let i = 0; i < (list?.length ?? 0); i++) all.push(list[i]); return all; };
            Function.prototype.bind = function (self, ...first) { const work = this; return (...rest) => work.apply(self, first.concat(rest)); };
            Element.prototype.remove = function () { this.parentNode?.removeChild(this); return this; };
            window.unpatch = () => {
              for (const name of ['toJSON', 'each', 'include', 'detect']) delete Array.prototype[name];
              delete String.prototype.toJSON;
            };",
        holds: "JSON.stringify([1]) === '\"[1]\"'",
        used: "true",
        finds: true,
    },
    Patched {
        name: "what every object has",
        library: None,
        script: "
            Object.prototype.extend = function (more) { for (const name in more) this[name] = more[name]; return this; };
            window.unpatch = () => delete Object.prototype.extend;",
        holds: "(() => { for (const name in {}) return name === 'extend'; })()",
        used: "true",
        finds: false,
    },
    Patched {
        name: "what blockers and extensions wrap",
        library: None,
        script: "
            window.wrapped = new Set();
            const note = (name) => wrapped.add(name);
            const plain = { fetch, WebSocket, Promise, Worker, add: EventTarget.prototype.addEventListener, remove: EventTarget.prototype.removeEventListener };
            window.fetch = function (...given) { note('fetch'); return plain.fetch.apply(this, given); };
            window.WebSocket = new Proxy(plain.WebSocket, { construct(target, given) { note('WebSocket'); return new target(...given); } });
            window.Worker = new Proxy(plain.Worker, { construct(target, given) { note('Worker'); return new target(...given); } });
            window.Promise = class Promise extends plain.Promise { then(...given) { note('then'); return super.then(...given); } };
            EventTarget.prototype.addEventListener = function (kind, listener, ...more) {
              note('addEventListener');
              return plain.add.call(this, kind, heard(listener), ...more);
            };
            EventTarget.prototype.removeEventListener = function (kind, listener, ...more) {
              return plain.remove.call(this, kind, heard(listener), ...more);
            };
            const wrappers = new WeakMap();
            const heard = (listener) => {
              if (typeof listener !== 'function') return listener;
              if (!wrappers.has(listener)) wrappers.set(listener, function (event) { return listener.call(this, event); });
              return wrappers.get(listener);
            };
            Object.defineProperty(window, 'customElements', { value: undefined });
            Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });
            if (window.Permissions) Permissions.prototype.query = () => { throw new TypeError('no'); };",
        holds: "window.customElements === undefined",
        used: "['fetch', 'Worker', 'then', 'addEventListener'].every((name) => wrapped.has(name))",
        finds: true,
    },
    Patched {
        name: "listeners that are wrapped and never go",
        library: None,
        script: "
            const add = EventTarget.prototype.addEventListener;
            EventTarget.prototype.addEventListener = function (kind, listener, ...more) {
              const heard = typeof listener === 'function' ? function (event) { return listener.call(this, event); } : listener;
              return add.call(this, kind, heard, ...more);
            };
            if (window.Permissions) Permissions.prototype.query = () => ({ state: 'granted' });",
        holds: "!String(EventTarget.prototype.addEventListener).includes('native')",
        used: "true",
        finds: true,
    },
];

fn file_of_npm(path: &str) -> Result<Vec<u8>, Failure> {
    let file = support::project().join("node_modules").join(path);
    std::fs::read(&file).map_err(|e| Failure(format!("{path}: {e}")))
}

#[holds("4.browser-id-memory")]
async fn a_call_works_in_a_page_that_has_patched_or_frozen_what_we_use(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let mut failed = Vec::new();
    for patched in &PATCHED {
        if let Err(Failure(why)) = call_in(stage, patched).await {
            let why = format!("{}: {why:.600}", patched.name);
            // A browser that has died under it comes back with the next page, and would not be told from one that lives.
            if stage.run("return 1").await.is_err() {
                return Err(Failure(why));
            }
            failed.push(why);
        }
    }
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    Ok(())
}

async fn click(stage: &Stage, patched: &Patched) -> Result<(), Failure> {
    match patched.finds {
        true => stage.click("#call").await,
        false => stage.click_at_middle("call").await,
    }
}

async fn call_in(stage: &Stage, patched: &Patched) -> Result<(), Failure> {
    let mut head = String::new();
    if let Some(path) = patched.library {
        let library = Answer::new(200, "text/javascript", file_of_npm(path)?);
        stage.gateway.site_answer("/library.js", library);
        head += r#"<script src="/library.js"></script>"#;
    }
    head += &format!(
        "<script>{}; window.patchHolds = {}</script>",
        patched.script, patched.holds
    );
    stage.open(&Page::default().head(head)).await?;
    let holds = stage.run("return window.patchHolds").await?;
    ensure!(holds == true, "the page was not patched: {holds}");
    let calls = stage.gateway.record().calls.len();
    for call in calls..calls + 2 {
        // Only what is no list is asked of the page: WebKit's driver brings its answers by the page's own JSON.
        click(stage, patched).await?;
        stage.state("#call", "live").await?;
        if call == calls {
            stage.until("__harness.sounds()", SOON).await?;
            stage
                .until("document.querySelector('[data-vocadesk-bar]')", SOON)
                .await?;
        }
        stage.heard_at_gateway(call, 5).await?;
        click(stage, patched).await?;
        stage.state("#call", "ended").await?;
        stage.all_released().await?;
    }
    let bars = stage
        .run("return document.querySelectorAll('[data-vocadesk-bar]').length")
        .await?;
    ensure!(bars == 0, "{bars} bars were left behind");
    let used = stage.run(&format!("return {}", patched.used)).await?;
    ensure!(used == true, "the patch was not met: {used}");
    stage.microphone_is_off().await?;
    stage.run("window.unpatch?.()").await?;
    let kinds = stage.kinds_since(0).await?;
    ensure!(kinds == [START, END, START, END], "{kinds:?}");
    let errors = stage.run("return __harness.errors").await?;
    ensure!(
        errors.as_array().is_some_and(Vec::is_empty),
        "the page saw {errors}"
    );
    let left = stage
        .run(
            "const host = document.createElement('button');
             host.textContent = 'Ring';
             document.body.append(host);
             const plain = host.outerHTML;
             Vocadesk.mount(host, { embedId: 'emb_demo' }).destroy();
             const left = host.outerHTML === plain;
             host.remove();
             return left",
        )
        .await?;
    ensure!(left == true, "destroy left something behind");
    Ok(())
}

/// What the page takes away before our script runs; the code, and what the message says.
const TAKEN: [(&str, &str, &str); 4] = [
    (
        "delete window.AudioContext; delete window.webkitAudioContext",
        "unknown",
        "could not open its audio",
    ),
    (
        "delete window.MessageChannel",
        "unknown",
        "refused the audio worklet",
    ),
    (
        "window.fetch = () => { throw 'blocked' }",
        "unknown",
        "out of reach",
    ),
    (
        "delete window.Worker; window.WebSocket = function () { throw 'blocked' }",
        "ws_failed",
        "could not be opened",
    ),
];

#[holds("2.page-function-throws", "3.unknown-rest", "7.no-thrown-error")]
async fn a_page_that_has_taken_away_what_nothing_stands_for_is_told_so(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for (script, code, says) in TAKEN {
        let head = format!("<script>{script}</script>");
        stage.open(&Page::default().head(head)).await?;
        // The next click is told the same: nothing hangs.
        for _ in 0..2 {
            let told = stage.fail_call("#call", code).await;
            let told = told.map_err(|Failure(why)| Failure(format!("{script}: {why}")))?;
            ensure!(told.message().contains(says), "{script}: {told:?}");
            stage.microphone_is_off().await?;
        }
        let kinds = stage.kinds_since(0).await?;
        ensure!(kinds == [ERROR, ERROR], "{script}: {kinds:?}");
        let errors = stage.run("return __harness.errors").await?;
        ensure!(
            errors.as_array().is_some_and(Vec::is_empty),
            "{script}: the page saw {errors}"
        );
    }
    Ok(())
}
