//! The policies under which a call is made, and what each of them costs: the table of docs/content-policy.md.

use support::failure::Failure;

const NONCE: &str = "r4nd0m";

/// One site's policy. `SITE` stands for what the harness and the page itself need of the site's own origin.
pub struct Cell {
    pub name: &'static str,
    pub policy: &'static str,
    /// What the page is told that it lacks, in every engine: so much and no more was given up.
    pub lacks: &'static [&'static str],
    pub nonce: &'static str,
    /// Scripts of the site's own origin may run, and so may the tap of the harness.
    pub heard_whole: bool,
}

/// Asked of a handle of its own: the page has none of a host that is only marked up.
pub const MISSING: &str = "
  const handle = Vocadesk.mount(document.createElement('p'), { embedId: 'emb_none' });
  const { missing } = handle.diagnostics();
  handle.destroy();
  return missing";

pub const INFOS: &str =
    "return __harness.said.filter(({ message }) => message.includes('for full quality')).length";

pub const WASM: &str = "script-src 'wasm-unsafe-eval'";
const WORKER: &str = "worker-src blob:";
const WORKLET: &str = "script-src blob:";
pub const TYPES: &str = "trusted-types vocadesk";
const BAR: &str = "vocadesk.call-bar.min.js";

const fn cell(name: &'static str, policy: &'static str, lacks: &'static [&'static str]) -> Cell {
    Cell {
        name,
        policy,
        lacks,
        nonce: "",
        heard_whole: true,
    }
}

const fn with_nonce(
    name: &'static str,
    policy: &'static str,
    lacks: &'static [&'static str],
) -> Cell {
    Cell {
        nonce: NONCE,
        heard_whole: false,
        ..cell(name, policy, lacks)
    }
}

/// Each of the three tables' stands in that of `docs/content-policy.md` by its name.
pub const SOURCES: [Cell; 9] = [
    cell("none", "", &[]),
    cell(
        "the tag and the endpoints",
        "script-src SITE CDN; connect-src API WSS; style-src 'self'",
        &[WASM, WORKER],
    ),
    cell(
        "and `'wasm-unsafe-eval'`, CDN in `connect-src`",
        "script-src SITE CDN 'wasm-unsafe-eval'; connect-src API WSS CDN; style-src 'self'",
        &[WORKER],
    ),
    cell(
        "and `'wasm-unsafe-eval'`, without it",
        "script-src SITE CDN 'wasm-unsafe-eval'; connect-src API WSS; style-src 'self'",
        &["connect-src CDN", WORKER],
    ),
    cell(
        "and `worker-src blob:`",
        "script-src SITE CDN 'wasm-unsafe-eval'; connect-src API WSS CDN; worker-src blob:",
        &[],
    ),
    cell(
        "and `blob:` in `script-src`",
        "script-src SITE CDN blob: 'wasm-unsafe-eval'; connect-src API WSS CDN",
        &[],
    ),
    cell(
        "and `blob:` in both",
        "script-src SITE CDN blob: 'wasm-unsafe-eval'; worker-src blob:; connect-src API WSS CDN",
        &[],
    ),
    cell(
        "and `blob:` in `script-src`, `worker-src 'self'`",
        "script-src SITE CDN blob: 'wasm-unsafe-eval'; worker-src SITE; connect-src API WSS CDN",
        &[WORKER],
    ),
    cell(
        "`default-src 'none'` and the least",
        "default-src 'none'; script-src SITE CDN; connect-src API WSS; img-src data:",
        &[WASM, WORKER],
    ),
];

pub const NONCES_AND_HASHES: [Cell; 6] = [
    with_nonce(
        "a nonce alone",
        "script-src 'nonce-r4nd0m'; connect-src API WSS",
        &[WASM, WORKER, WORKLET],
    ),
    with_nonce(
        "a nonce and `blob:`",
        "script-src 'nonce-r4nd0m' blob:; connect-src API WSS",
        &[WASM],
    ),
    with_nonce(
        "a nonce and `'wasm-unsafe-eval'`",
        "script-src 'nonce-r4nd0m' 'wasm-unsafe-eval'; connect-src API WSS CDN",
        &[WORKER, WORKLET],
    ),
    with_nonce(
        "a nonce with `'strict-dynamic'`",
        "script-src 'nonce-r4nd0m' 'strict-dynamic'; connect-src API WSS",
        &[WASM],
    ),
    cell(
        "the hashes of the three scripts",
        "script-src SITE HASHES; connect-src API WSS",
        &[WASM, WORKER, WORKLET],
    ),
    cell(
        "the script's hash and `'wasm-unsafe-eval'`",
        "script-src SITE HASH 'wasm-unsafe-eval'; connect-src API WSS CDN",
        &[WORKER, WORKLET, BAR],
    ),
];

pub const TRUSTED_TYPES: [Cell; 4] = [
    cell(
        "Trusted Types, `vocadesk` allowed",
        "require-trusted-types-for 'script'; trusted-types vocadesk",
        &[],
    ),
    // The second script needs the policy that the first one has made, and may make no other of its name.
    with_nonce(
        "the same with a nonce and `'strict-dynamic'`",
        "script-src 'nonce-r4nd0m' 'strict-dynamic'; connect-src API WSS; require-trusted-types-for 'script'; trusted-types vocadesk",
        &[WASM],
    ),
    cell(
        "Trusted Types, none allowed",
        "require-trusted-types-for 'script'; trusted-types 'none'",
        &[TYPES, BAR],
    ),
    cell(
        "the same with `'wasm-unsafe-eval'`, CDN in `connect-src`",
        "script-src SITE CDN 'wasm-unsafe-eval'; connect-src API WSS CDN; require-trusted-types-for 'script'; trusted-types 'none'",
        &[TYPES, WORKER, BAR],
    ),
];

/// What the documentation says of each policy and engine: how often the page is told of a violation, in two calls.
pub struct Documented(Vec<Vec<String>>);

impl Documented {
    pub fn read() -> Result<Self, Failure> {
        let file = support::project().join("docs/content-policy.md");
        let text = std::fs::read_to_string(file)?;
        let rows = text.lines().filter(|line| line.starts_with('|'));
        let cells = |row: &str| row.split('|').map(|cell| cell.trim().to_owned()).collect();
        Ok(Self(rows.map(cells).collect()))
    }

    pub fn reports(&self, policy: &str, engine: &str) -> Result<usize, Failure> {
        let column = |row: &Vec<String>| {
            let names = row.iter().map(|name| name.to_lowercase());
            row.get(1)
                .is_some_and(|first| first == "policy")
                .then(|| names.clone().position(|name| name.starts_with(engine)))
        };
        let column = self.0.iter().find_map(column).flatten();
        let row = self
            .0
            .iter()
            .find(|row| row.get(1).is_some_and(|name| name == policy));
        let said = row
            .zip(column)
            .and_then(|(row, column)| row.get(column)?.parse().ok());
        said.ok_or_else(|| {
            format!("docs/content-policy.md tells no number of {policy} in {engine}").into()
        })
    }
}
