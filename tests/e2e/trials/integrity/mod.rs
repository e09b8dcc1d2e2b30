//! One chain: the tag's hash covers the script, and the script's own cover the other two files. What is not
//! the very file is refused, nothing of it is executed, and once the right file is there the next click works.

mod first_file;
mod second_file;

use crate::trial::Trial;
use gateway::Answer;
use support::failure::Failure;
use support::page::{Page, Placement};
use support::stage::Stage;

pub fn trials() -> Vec<Trial> {
    let mut trials = first_file::trials();
    trials.extend(second_file::trials());
    trials
}

/// A wrong file stays in the browser's cache for as long as the right one would.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// A file of the release, and what may stand in its place.
struct File {
    path: String,
    kind: &'static str,
    bytes: Vec<u8>,
    /// A byte whose change leaves the file one that runs, as far as that can be.
    flip: usize,
    /// As another release would have it: this one runs.
    other_version: Vec<u8>,
}

const WRONG: [&str; 6] = [
    "a byte flipped",
    "truncated",
    "another version's",
    "a page that says it is fine",
    "a redirect",
    "missing",
];

impl File {
    fn right(&self) -> Answer {
        Answer::new(200, self.kind, self.bytes.clone()).header("cache-control", FOREVER)
    }

    /// `elsewhere` is where a redirect leads to.
    fn wrong(&self, how: &str, elsewhere: &str) -> Answer {
        let with = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = self.bytes.clone();
            change(&mut bytes);
            Answer::new(200, self.kind, bytes)
        };
        let answer = match how {
            "a byte flipped" => with(&|bytes| bytes[self.flip] ^= 1),
            // The last byte, so that what is left is as whole as can be.
            "truncated" => with(&|bytes| bytes.truncate(bytes.len() - 1)),
            "another version's" => with(&|bytes| bytes.clone_from(&self.other_version)),
            "a redirect" => Answer::new(302, "text/plain", "").header("location", elsewhere),
            "missing" => Answer::new(404, "text/plain", "no such file"),
            _ => Answer::html("<!doctype html><title>All is well</title>"),
        };
        answer.header("cache-control", FOREVER)
    }
}

/// Each case has the release in a folder of its own: no cache knows its files.
struct Copy {
    script: File,
    wasm: File,
    without_wasm: File,
}

impl Copy {
    fn publish(stage: &Stage, folder: &str) -> Result<Self, Failure> {
        let read = |name: &str| {
            let (path, bytes) = stage.release.file(name)?;
            Ok::<_, Failure>((format!("/{folder}{path}"), bytes))
        };
        let script = |name: &str, words: &str, other_version: &dyn Fn(&str) -> String| {
            let (path, bytes) = read(name)?;
            let text = String::from_utf8(bytes.clone()).map_err(|e| e.to_string())?;
            Ok::<_, Failure>(File {
                path,
                kind: "text/javascript",
                bytes,
                // In the middle of words that no code reads: it becomes a letter again.
                flip: text.find(words).ok_or("no words to change")?,
                other_version: other_version(&text).into_bytes(),
            })
        };
        let (path, bytes) = read("vocadesk.wasm")?;
        let copy = Self {
            script: script("vocadesk.min.js", "other copy", &|text| {
                text.replace(env!("CARGO_PKG_VERSION"), "0.0.9")
            })?,
            wasm: File {
                path,
                kind: "application/wasm",
                flip: bytes.len() / 2,
                // An empty section of its own, which every engine passes over.
                other_version: [&bytes[..], &[0, 2, 1, b'v']].concat(),
                bytes,
            },
            without_wasm: script("vocadesk.nowasm.min.js", "no sound at", &|text| {
                format!("{text}// 0.0.9\n")
            })?,
        };
        for file in [&copy.script, &copy.wasm, &copy.without_wasm] {
            stage.gateway.cdn_override(&file.path, Some(file.right()));
        }
        Ok(copy)
    }
}

/// Counts what is compiled and which script without wasm has run, and tells how it went with the first one.
const WATCH: &str = r#"<script>
  window.compiled = window.secondScripts = 0;
  for (const name of ["compile", "compileStreaming", "instantiate", "instantiateStreaming"]) {
    const real = WebAssembly[name];
    WebAssembly[name] = (...given) => (compiled++, real.apply(WebAssembly, given));
  }
  // Where that script leaves what it brings; so does the call bar's.
  Object.defineProperty(HTMLScriptElement.prototype, "open", {
    set(open) {
      if (this.src.includes("nowasm")) secondScripts++;
      Object.defineProperty(this, "open", { value: open });
    },
    configurable: true,
  });
</script>"#;

/// The customer's page, for a copy of the release; the tag's `integrity` may be left out.
fn page(stage: &Stage, copy: &Copy, integrity: Option<&str>) -> Page {
    let integrity = integrity.map_or(String::new(), |hash| format!(r#" integrity="{hash}""#));
    let tag = format!(
        r#"<script src="{}{}"{integrity} crossorigin="anonymous"
          onload="window.script = 'ran'" onerror="window.script = 'refused'"></script>"#,
        stage.gateway.cdn_url(),
        copy.script.path,
    );
    let head = format!("{WATCH}{tag}");
    Page::default().script(Placement::Absent).head(head)
}
