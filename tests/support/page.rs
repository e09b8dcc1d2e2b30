//! The customer's page: the script tag exactly as it is written on a site, with the real hash, and
//! whatever the trial puts around it.

use std::path::PathBuf;

use serde_json::Value;

use crate::failure::Failure;

/// The built release that is under test.
pub struct Release {
    /// The folder that the cdn serves.
    pub dist: PathBuf,
    /// The script's path on the cdn.
    pub script_path: String,
    /// The hash that a customer would write.
    pub integrity: String,
    /// The hash of the script that does without wasm.
    pub integrity_without_wasm: String,
    /// The hash of the call bar's script.
    pub integrity_of_bar: String,
}

impl Release {
    /// A file of the release: its path on the cdn, and its bytes.
    pub fn file(&self, name: &str) -> Result<(String, Vec<u8>), Failure> {
        let path = self.script_path.replace("vocadesk.min.js", name);
        let bytes = std::fs::read(self.dist.join(path.trim_start_matches('/')))?;
        Ok((path, bytes))
    }

    /// The hash of a file of the release, by `integrity.json`.
    pub fn integrity_of(&self, name: &str) -> Result<String, Failure> {
        let (_, text) = self.file("integrity.json")?;
        let integrity: Value = serde_json::from_slice(&text)?;
        let hash = integrity["files"][name]["integrity"].as_str();
        let hash = hash.ok_or_else(|| format!("integrity.json names no hash of {name}"))?;
        Ok(hash.to_owned())
    }

    /// What `scripts/build` left in `VOCADESK_DIST`, or in the clone's `dist`.
    pub fn built() -> Result<Self, Failure> {
        let dist = std::env::var_os("VOCADESK_DIST")
            .map_or_else(|| crate::project().join("dist"), PathBuf::from);
        let folder = format!("embed/v{}", env!("CARGO_PKG_VERSION"));
        let file = dist.join(&folder).join("integrity.json");
        let text = std::fs::read_to_string(&file)
            .map_err(|e| Failure(format!("{}: {e} (scripts/build makes it)", file.display())))?;
        let integrity: Value = serde_json::from_str(&text)?;
        let hash_of = |file: &str| {
            let hash = integrity["files"][file]["integrity"].as_str();
            hash.map(str::to_owned)
                .ok_or(format!("integrity.json names no hash of {file}"))
        };
        Ok(Self {
            integrity: hash_of("vocadesk.min.js")?,
            integrity_without_wasm: hash_of("vocadesk.nowasm.min.js")?,
            integrity_of_bar: hash_of("vocadesk.call-bar.min.js")?,
            script_path: format!("/{folder}/vocadesk.min.js"),
            dist,
        })
    }
}

/// Where the script tag stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// `<script defer>` in the head, as the documentation writes it.
    Defer,
    /// `<script async>` in the head.
    Async,
    /// A blocking `<script>` in the head, before there is a body.
    Blocking,
    /// At the end of the body.
    EndOfBody,
    /// Not in the page: the trial adds it, or tests the harness alone.
    Absent,
}

/// A page under construction. `{{API_URL}}`, `{{CDN_URL}}`, `{{WSS_URL}}` and `{{SITE_URL}}` in any
/// of its parts become the gateway's own.
#[derive(Clone, Debug)]
pub struct Page {
    placement: Placement,
    head: String,
    body: String,
    headers: Vec<(String, String)>,
    nonce: &'static str,
}

impl Default for Page {
    /// The documentation's snippet: one button, `#call`, of the gateway's default embed.
    fn default() -> Self {
        Self {
            placement: Placement::Defer,
            head: String::new(),
            body: button("call", "emb_demo"),
            headers: Vec::new(),
            nonce: "",
        }
    }
}

/// A customer's button; its id is for the trial to find it.
pub fn button(id: &str, embed: &str) -> String {
    format!(
        r#"<button id="{id}" data-vocadesk-embed="{embed}" data-vocadesk-api-url="{{{{API_URL}}}}">Talk to us</button>"#
    )
}

/// Echo cancellation and noise suppression bend a fake microphone's waveform (Chromium: a correlation of
/// 0.75 with the file, 0.99 without them): off, so that what is measured is our path alone. What the
/// release asked for stays in `__asked`. A rate is asked for because WebKitGTK does not know its microphone's
/// at first unless it is told: on a busy machine words come 9 % slower and lower then. All its contexts have 44.1 kHz.
const RAW_MICROPHONE: &str = r#"<script>
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  devices.getUserMedia = ({ audio }) => {
    window.__asked = audio;
    const off = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    return getUserMedia({ audio: { ...audio, ...off, sampleRate: 44100 } });
  };
</script>"#;

impl Page {
    /// The documentation's page, with a microphone that the browser does not clean.
    pub fn with_raw_microphone() -> Self {
        Self::default().head(RAW_MICROPHONE)
    }

    /// Another body.
    pub fn body(mut self, html: impl Into<String>) -> Self {
        self.body = html.into();
        self
    }

    /// More in the head, after the harness's own script and before the release's.
    pub fn head(mut self, html: impl Into<String>) -> Self {
        self.head = html.into();
        self
    }

    /// The script tag elsewhere.
    pub fn script(mut self, placement: Placement) -> Self {
        self.placement = placement;
        self
    }

    /// A response header: a policy, say.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A nonce on the script tag and the harness's own.
    pub fn nonce(mut self, nonce: &'static str) -> Self {
        self.nonce = nonce;
        self
    }

    /// The headers, as the gateway takes them.
    pub fn headers(&self) -> Vec<(&str, &str)> {
        self.headers
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect()
    }

    /// The script tag as a customer writes it, with these attributes more.
    pub fn script_tag(release: &Release, more: &str) -> String {
        format!(
            r#"<script src="{{{{CDN_URL}}}}{}" integrity="{}" crossorigin="anonymous"{more}></script>"#,
            release.script_path, release.integrity
        )
    }

    /// The whole document. The harness's script comes first of all, from the site's own origin, so
    /// that a policy which forbids inline scripts lets it through.
    pub fn html(&self, release: &Release) -> String {
        let nonce = match self.nonce {
            "" => String::new(),
            nonce => format!(r#" nonce="{nonce}""#),
        };
        let in_head = match self.placement {
            Placement::Defer => Self::script_tag(release, &format!(" defer{nonce}")),
            Placement::Async => Self::script_tag(release, " async"),
            Placement::Blocking => Self::script_tag(release, ""),
            Placement::EndOfBody | Placement::Absent => String::new(),
        };
        let at_end = match self.placement {
            Placement::EndOfBody => Self::script_tag(release, ""),
            _ => String::new(),
        };
        let Self { head, body, .. } = self;
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>A customer's page</title>\n\
             <link rel=\"icon\" href=\"data:,\">\n<script src=\"/harness/tap.js\"{nonce}></script>\n{head}\n{in_head}\n</head>\n\
             <body>\n{body}\n{at_end}\n</body>\n</html>\n"
        )
    }
}
