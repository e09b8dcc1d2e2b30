//! The pages that are loaded: the same article each, with one of the scripts or none.

use gateway::Answer;
use support::failure::Failure;
use support::stage::Stage;

/// A page, and what it loads.
pub struct Subject {
    pub name: &'static str,
    /// The script that its tag names; none for the page alone.
    script: &'static str,
    /// What stands in its middle.
    element: &'static str,
    /// An expression of JavaScript that tells when it has come up.
    pub is_up: &'static str,
}

const PLAIN: &str = "<button>Talk to us</button>";
const OURS: &str = r#"<button id="call" data-vocadesk-embed="emb_demo">Talk to us</button>"#;
/// The settings without which it asks its own server first, and shows nothing.
const ELEVENLABS: &str = r#"<elevenlabs-convai agent-id="a" override-config='{
  "variant":"compact","placement":"bottom-right","avatar":{"type":"orb","color_1":"rgb(20,50,90)","color_2":"rgb(160,190,230)"},
  "feedback_mode":"none","language":"en","supported_language_overrides":[],"language_presets":{},"mic_muting_enabled":false,
  "transcript_enabled":false,"text_input_enabled":false,"default_expanded":false,"always_expanded":false,
  "text_contents":{},"styles":{},"text_only":false,"supports_text_only":false,"first_message":"Hello"
}'></elevenlabs-convai>"#;
const VAPI: &str =
    r#"<vapi-widget public-key="a" assistant-id="b" mode="voice" size="full"></vapi-widget>"#;

/// All of them. The first one is what the others are held against.
pub const SUBJECTS: [Subject; 10] = [
    Subject {
        name: "the page alone",
        script: "",
        element: PLAIN,
        is_up: "true",
    },
    Subject {
        name: "ours, no button",
        script: "vocadesk.min.js",
        element: PLAIN,
        is_up: "window.Vocadesk",
    },
    Subject {
        name: "ours, a button",
        script: "vocadesk.min.js",
        element: OURS,
        is_up: "call.dataset.vocadeskState === 'idle'",
    },
    Subject {
        name: "ElevenLabs' widget, no button",
        script: "elevenlabs.js",
        element: PLAIN,
        is_up: "customElements.get('elevenlabs-convai')",
    },
    Subject {
        name: "ElevenLabs' widget, a button",
        script: "elevenlabs.js",
        element: ELEVENLABS,
        is_up: "document.querySelector('elevenlabs-convai').shadowRoot.querySelector('button')",
    },
    Subject {
        name: "Vapi's widget, no button",
        script: "vapi.js",
        element: PLAIN,
        is_up: "customElements.get('vapi-widget') || window.VapiWidget || window.WidgetLoader",
    },
    Subject {
        name: "Vapi's widget, a button",
        script: "vapi.js",
        element: VAPI,
        is_up: "document.querySelector('vapi-widget').querySelector('svg, button')",
    },
    Subject {
        name: "livekit-client",
        script: "livekit.js",
        element: PLAIN,
        is_up: "window.LivekitClient",
    },
    Subject {
        name: "Retell's client",
        script: "retell.js",
        element: PLAIN,
        is_up: "window.peer",
    },
    Subject {
        name: "Twilio's voice SDK",
        script: "twilio.js",
        element: PLAIN,
        is_up: "window.Twilio",
    },
];

/// What the browser itself says of the page's first moments.
const WATCH: &str = "<script>
  window.seen = { longTasks: 0, longestMs: 0, shift: 0 };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      seen.longTasks += 1;
      seen.longestMs = Math.max(seen.longestMs, duration);
    }
  }).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) seen.shift += value;
  }).observe({ type: 'layout-shift', buffered: true });
</script>";

/// Nothing is asked of anybody's servers: what tries to is refused by the page's policy.
const POLICY: &str = "connect-src CDN; img-src 'self' data: blob:; font-src 'none'; frame-src 'none'; media-src 'none'";

/// What `tests/bench/peers/build.mjs` has made.
fn files() -> std::path::PathBuf {
    support::project().join("target/bench/load")
}

/// A page that is on the site, and whose files are on the CDN, at addresses that no cache knows.
pub struct Published {
    /// With the tag in its head, as a site writes it.
    pub url: String,
    /// Without the tag.
    pub url_bare: String,
    /// The script's address; none for the page alone.
    pub script_url: Option<String>,
}

/// Puts it there.
pub fn publish(stage: &Stage, subject: &Subject, round: usize) -> Result<Published, Failure> {
    let folder = format!(
        "/load/{round}/{}",
        subject.name.replace([' ', ',', '\''], "")
    );
    let mut script_url = None;
    if !subject.script.is_empty() {
        put(stage, &folder, subject.script, "text/javascript")?;
        put(stage, &folder, "vocadesk.wasm", "application/wasm")?;
        let (cdn, script) = (stage.gateway.cdn_url(), subject.script);
        script_url = Some(format!("{cdn}{folder}/{script}"));
    }
    let tag = script_url.as_ref().map_or(String::new(), |url| {
        format!(r#"<script src="{url}" crossorigin="anonymous" defer></script>"#)
    });
    let policy = POLICY.replace("CDN", &stage.gateway.cdn_url());
    let headers = [("content-security-policy", policy.as_str())];
    let put = |path: &str, tag: &str| {
        let html = html(tag, subject.element);
        stage.gateway.site_page(path, &html, &headers)
    };
    Ok(Published {
        url: put(&folder, &tag),
        url_bare: put(&format!("{folder}/bare"), ""),
        script_url,
    })
}

fn html(tag: &str, element: &str) -> String {
    let text = "<p>A paragraph of the page's own, long enough to be more than a line of it.</p>"
        .repeat(20);
    format!(
        r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
           <link rel="icon" href="data:,">{WATCH}{tag}</head><body>{text}{element}{text}</body></html>"#
    )
}

fn put(stage: &Stage, folder: &str, name: &str, kind: &str) -> Result<(), Failure> {
    let file = files().join(format!("{name}.br"));
    let bytes = std::fs::read(&file)
        .map_err(|e| format!("{}: {e} (scripts/bench makes it)", file.display()))?;
    let answer = Answer::new(200, kind, bytes).header("content-encoding", "br");
    stage
        .gateway
        .cdn_override(&format!("{folder}/{name}"), Some(answer));
    Ok(())
}
