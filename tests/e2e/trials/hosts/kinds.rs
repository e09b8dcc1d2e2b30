//! Every kind of element calls and stays what it was: the same node with the same children, its own
//! listeners heard, nothing of its own done, and to the byte as before once it is let go.

use holds::holds;
use serde_json::{Value, json};

use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(any_button_or_void_element_calls_and_is_left_to_the_byte),
        trial!(an_element_that_is_no_button_calls_and_is_left_to_the_byte),
    ]
}

/// Its id, and what stands in the page for it; `MARKS` becomes its id and our attributes. Spelt as no
/// serializer of styles and no tidy person would spell it.
type Kind = (&'static str, &'static str);

const BUTTONS: [Kind; 6] = [
    (
        "button",
        "<button MARKS><b>Talk</b> to<!-- nobody --> us</button>",
    ),
    (
        "styled",
        "<button MARKS style='Color:#123 ;;top : 3px' aria-label=\"Ring 'us'\" class='  big  blue '>Talk</button>",
    ),
    (
        "inform",
        "<form action='/submitted'><input name='a' required><button MARKS>Talk</button></form>",
    ),
    ("inlabel", "<label>Call <button MARKS>Talk</button></label>"),
    (
        "input",
        "<form action='/submitted'><input type='submit' MARKS value='Talk to us'></form>",
    ),
    (
        "img",
        "<a href='/followed'><img MARKS alt='Talk' width='120' height='40' src='data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA='></a>",
    ),
];

const OTHERS: [Kind; 7] = [
    (
        "atcheckbox",
        "<label><input type='checkbox' id='box'> <span MARKS>Talk <i>now</i></span></label>",
    ),
    ("div", "<div MARKS role='link' tabindex='-1'>Talk\n</div>"),
    ("span", "<span MARKS></span>"),
    ("link", "<a MARKS href='/followed' target='_self'>Talk</a>"),
    ("custom", "<x-unknown MARKS>Talk <b>to us</b></x-unknown>"),
    (
        "slotted",
        "<x-slotted MARKS>Talk <b slot='end'>!</b></x-slotted>",
    ),
    ("unslotted", "<x-unslotted MARKS>Talk</x-unslotted>"),
];

/// Runs before our script: what the page had, and what happens to it.
const REMEMBER: &str = r"<script>
  const shadow = (name, html) => customElements.define(name, class extends HTMLElement {
    constructor() { super(); this.attachShadow({ mode: 'closed' }).innerHTML = html; }
  });
  shadow('x-slotted', '<style>:host { display: inline-block }</style>[<slot></slot>|<slot name=end></slot>]');
  shadow('x-unslotted', '<style>:host { display: inline-block }</style><em>Talk to the custom element</em>');
  window.sameDocument = true;
  window.submits = 0;
  addEventListener('submit', () => submits++);
  window.before = {};
  for (const element of document.querySelectorAll('[data-vocadesk-embed]')) {
    const known = { element, clicks: 0, nodes: [...element.childNodes], html: element.outerHTML };
    known.around = element.parentNode.outerHTML;
    before[element.id] = known;
    element.addEventListener('click', () => known.clicks++);
  }
  const roots = new Map();
  const { attachShadow } = Element.prototype;
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, init);
    roots.set(this, root);
    return root;
  };
  window.coverOf = (host) => __harness.coverOf(host, roots.get(host));
  window.changes = (id) => {
    const { element, nodes, html, around } = before[id];
    const changes = [];
    if (document.getElementById(id) !== element) changes.push('another element');
    const now = [...element.childNodes];
    if (now.length !== nodes.length || now.some((node, i) => node !== nodes[i])) changes.push('other children');
    return changes;
  };
  window.restored = (id) => {
    const { element, html, around } = before[id];
    if (element.outerHTML !== html) return element.outerHTML;
    return element.parentNode.outerHTML === around || element.parentNode.outerHTML;
  };
</script>";

#[holds(
    "1.host-never-replaced",
    "1.host-never-emptied",
    "1.listeners-stay",
    "1.void-element",
    "1.form-not-submitted",
    "1.destroy-restores"
)]
async fn any_button_or_void_element_calls_and_is_left_to_the_byte(
    stage: &mut Stage,
) -> Result<(), Failure> {
    each_calls_and_is_left(stage, &BUTTONS).await
}

#[holds(
    "1.host-never-replaced",
    "1.listeners-stay",
    "1.any-element",
    "1.destroy-restores"
)]
async fn an_element_that_is_no_button_calls_and_is_left_to_the_byte(
    stage: &mut Stage,
) -> Result<(), Failure> {
    each_calls_and_is_left(stage, &OTHERS).await
}

async fn each_calls_and_is_left(stage: &Stage, kinds: &[Kind]) -> Result<(), Failure> {
    let mut body = String::new();
    for (id, html) in kinds {
        let marks = format!(
            r#"id="{id}" data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{{{API_URL}}}}""#
        );
        body += &format!("<div>{}</div>\n", html.replace("MARKS", &marks));
    }
    stage.open(&Page::default().body(body + REMEMBER)).await?;
    let bound =
        "Object.keys(before).every((id) => before[id].element.dataset.vocadeskState === 'idle')";
    stage.until(bound, SOON).await?;
    // Bound, and let go without a call.
    let let_go = "Object.keys(before).map((id) => {
        Vocadesk.mount(`#${id}`).destroy();
        return restored(id) === true || `${id}: ${restored(id)}`;
      }).filter((it) => it !== true)";
    let changed = stage.run(&format!("return {let_go}")).await?;
    ensure!(changed == json!([]), "let go without a call: {changed}");
    for (id, _) in kinds {
        one_kind(stage, id)
            .await
            .map_err(|Failure(why)| Failure(format!("{id}: {why}")))?;
    }
    let done = stage
        .run("return [sameDocument, location.pathname, submits, document.querySelector('#box')?.checked ?? false]")
        .await?;
    ensure!(
        done == json!([true, "/", 0, false]),
        "same document, path, submits, checkbox: {done}"
    );
    Ok(())
}

async fn one_kind(stage: &Stage, id: &str) -> Result<(), Failure> {
    let selector = format!("#{id}");
    let is = async |what: &str, expression: String, wanted: Value| {
        let found = stage.run(&format!("return {expression}")).await?;
        ensure!(found == wanted, "{what}: {found}");
        Ok(())
    };
    let mount = format!("window.handle = Vocadesk.mount('{selector}')");
    stage.run(&mount).await?;
    let releases = stage.gateway.record().releases.len();
    stage.start_call(&selector).await?;
    is("changed in a call", format!("changes('{id}')"), json!([])).await?;
    // Three pixels: a button's border lies around what its children may cover.
    let covered = format!(
        "((a, b) => ['left', 'top', 'right', 'bottom'].every((side) => Math.abs(a[side] - b[side]) <= 3)
            || ['left', 'top', 'right', 'bottom'].map((side) => [a[side], b[side]]).join(' '))
          ({id}.getBoundingClientRect(), coverOf({id}))"
    );
    is("not covered", covered, json!(true)).await?;
    let let_go = format!("(handle.destroy(), restored('{id}'))");
    is("let go in a call", let_go.clone(), json!(true)).await?;
    stage.released(releases + 1).await?;

    stage.run(&mount).await?;
    stage.good_call(&selector).await?;
    is("let go after a call", let_go, json!(true)).await?;
    is("changed", format!("changes('{id}')"), json!([])).await?;
    is("clicks heard", format!("before.{id}.clicks"), json!(3)).await?;
    stage.until("__harness.microphoneIsOff()", SOON).await?;
    Ok(())
}
