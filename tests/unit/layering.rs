//! The house rules of `src/`, read from the sources: who may import whom, where a browser may be
//! touched, and where `unsafe` may stand.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::visit::Visit;

/// Which part may import which; a part always may import itself. A part is a folder of `src/`, or a file beside them.
const MAY_IMPORT: [(&str, &[&str]); 9] = [
    ("error", &[]),
    ("event_queue", &[]),
    ("resampler", &[]),
    ("protocol", &["error"]),
    ("steady_clock", &[]),
    ("browser", &["error", "steady_clock"]),
    ("page", &["error", "event_queue", "protocol", "browser"]),
    (
        "session",
        &["error", "event_queue", "protocol", "browser", "resampler"],
    ),
    ("audio", &["protocol", "resampler"]),
];

/// Crates that only exist where there is a browser: a file that names one is glue, the others are pure.
const BROWSER_CRATES: [&str; 6] = [
    "gloo_events",
    "js_sys",
    "serde_wasm_bindgen",
    "wasm_bindgen",
    "wasm_bindgen_futures",
    "web_sys",
];

/// The only file that may hold `unsafe`.
const UNSAFE_FILE: &str = "audio/exports.rs";
/// The only file that may read a clock.
const CLOCK_FILE: &str = "browser/clock.rs";

/// One file of `src/`: its module path and what it refers to.
#[derive(Default)]
struct Source {
    file: String,
    /// `page::state`; the file of a folder's own module is the folder.
    module: Vec<String>,
    /// Every path written in it, resolved to the crate's root where it leads there.
    paths: BTreeSet<Vec<String>>,
    has_unsafe: bool,
    reads_clock: bool,
    declared_for_wasm_only: BTreeSet<String>,
}

impl Source {
    fn names_the_browser(&self) -> bool {
        self.paths
            .iter()
            .any(|path| BROWSER_CRATES.contains(&path[0].as_str()))
    }
}

struct Reader<'a>(&'a mut Source);

impl Reader<'_> {
    fn note(&mut self, segments: Vec<String>) {
        let module = &self.0.module;
        let resolved = match segments[0].as_str() {
            "crate" => segments[1..].to_vec(),
            "self" => [module.as_slice(), &segments[1..]].concat(),
            "super" => {
                let ups = segments
                    .iter()
                    .take_while(|segment| *segment == "super")
                    .count();
                [
                    &module[..module.len().saturating_sub(ups)],
                    &segments[ups..],
                ]
                .concat()
            }
            _ => segments,
        };
        if !resolved.is_empty() {
            self.0.paths.insert(resolved);
        }
    }

    fn note_tree(&mut self, prefix: &[String], tree: &syn::UseTree) {
        let with = |name: String| [prefix, &[name]].concat();
        match tree {
            syn::UseTree::Path(path) => self.note_tree(&with(path.ident.to_string()), &path.tree),
            syn::UseTree::Name(name) => self.note(with(name.ident.to_string())),
            syn::UseTree::Rename(rename) => self.note(with(rename.ident.to_string())),
            syn::UseTree::Glob(_) => self.note(prefix.to_vec()),
            syn::UseTree::Group(group) => {
                for tree in &group.items {
                    self.note_tree(prefix, tree);
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.note_tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        // A single word is a local name as often as a module.
        if path.segments.len() > 1 {
            self.note(
                path.segments
                    .iter()
                    .map(|segment| segment.ident.to_string())
                    .collect(),
            );
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_expr_unsafe(&mut self, block: &'ast syn::ExprUnsafe) {
        self.0.has_unsafe = true;
        syn::visit::visit_expr_unsafe(self, block);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.0.has_unsafe |= signature.unsafety.is_some();
        syn::visit::visit_signature(self, signature);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.0.has_unsafe |= item.unsafety.is_some();
        syn::visit::visit_item_impl(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        let wasm_only = item.attrs.iter().any(|attribute| {
            attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<proc_macro2::TokenStream>()
                    .is_ok_and(|tokens| {
                        tokens.to_string().replace(' ', "") == "target_arch=\"wasm32\""
                    })
        });
        if wasm_only {
            self.0.declared_for_wasm_only.insert(item.ident.to_string());
        }
        syn::visit::visit_item_mod(self, item);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        self.0.has_unsafe |= attribute.path().is_ident("unsafe")
            || matches!(&attribute.meta, syn::Meta::List(list) if list.path.is_ident("unsafe"));
        syn::visit::visit_attribute(self, attribute);
    }
}

fn read(root: &Path, file: &Path) -> Source {
    let text = fs::read_to_string(file).unwrap();
    read_text(file.strip_prefix(root).unwrap().to_str().unwrap(), &text)
}

fn read_text(name: &str, text: &str) -> Source {
    let module = name.trim_end_matches(".rs").split('/').map(str::to_owned);
    let module = module
        .filter(|part| part != "mod" && part != "lib")
        .collect();
    let reads_clock = [
        "performance",
        "Date::now",
        "Instant::now",
        "SystemTime::now",
    ]
    .iter()
    .any(|clock| text.contains(clock));
    let mut source = Source {
        file: name.to_owned(),
        module,
        reads_clock,
        ..Source::default()
    };
    Reader(&mut source).visit_file(&syn::parse_file(text).unwrap());
    source
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    files.iter().map(|file| read(&root, file)).collect()
}

/// The files that a file imports: the longest known module at the head of each of its paths.
fn imports<'a>(source: &'a Source, all: &'a [Source]) -> BTreeSet<&'a str> {
    let module_of = |path: &[String]| {
        all.iter()
            .filter(|other| !other.module.is_empty() && path.starts_with(&other.module))
            .max_by_key(|other| other.module.len())
    };
    source
        .paths
        .iter()
        .filter_map(|path| module_of(path))
        .map(|other| other.file.as_str())
        .filter(|file| *file != source.file)
        .collect()
}

fn part(file: &str) -> &str {
    let end = file.find('/').unwrap_or(file.len());
    file[..end].trim_end_matches(".rs")
}

/// Whether a file, or the folder it stands in, is declared for wasm alone: that is what makes it glue.
fn is_glue(source: &Source, all: &[Source]) -> bool {
    let declared = |owner: &[String], name: &String| {
        all.iter()
            .any(|other| other.module == owner && other.declared_for_wasm_only.contains(name))
    };
    (1..=source.module.len()).any(|length| {
        let (owner, name) = (&source.module[..length - 1], &source.module[length - 1]);
        declared(owner, name)
    })
}

fn forbidden_imports(all: &[Source]) -> Vec<String> {
    let glue: BTreeMap<&str, bool> = all
        .iter()
        .map(|source| (source.file.as_str(), is_glue(source, all)))
        .collect();
    let mut found = Vec::new();
    for source in all.iter().filter(|source| !source.module.is_empty()) {
        let file = &source.file;
        let from = part(file);
        let allowed = MAY_IMPORT.iter().find(|(part, _)| *part == from);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("{from} is no part we know"));
        let targets = imports(source, all);
        for target in &targets {
            let to = part(target);
            if to != from && !allowed.contains(&to) {
                found.push(format!("{file}: {from} may not import {to} ({target})"));
            }
            if target.ends_with("/exports.rs") {
                found.push(format!("{file}: nothing imports {target}"));
            }
            if !glue[file.as_str()] && glue[target] {
                found.push(format!(
                    "{file}: is pure and may not import glue ({target})"
                ));
            }
        }
        if !glue[file.as_str()] && source.names_the_browser() {
            found.push(format!("{file}: is pure and may not touch the browser"));
        }
        let touches = source.names_the_browser() || targets.iter().any(|target| glue[target]);
        if glue[file.as_str()] && !touches && source.module.len() > 1 {
            found.push(format!("{file}: touches no browser and may be pure"));
        }
    }
    found
}

fn circle(all: &[Source]) -> Option<Vec<String>> {
    fn walk<'a>(
        file: &'a str,
        graph: &BTreeMap<&'a str, BTreeSet<&'a str>>,
        trail: &mut Vec<&'a str>,
        done: &mut BTreeSet<&'a str>,
    ) -> Option<Vec<String>> {
        if let Some(at) = trail.iter().position(|seen| *seen == file) {
            return Some(trail[at..].iter().map(|file| (*file).to_owned()).collect());
        }
        if !done.insert(file) {
            return None;
        }
        trail.push(file);
        let found = graph[file]
            .iter()
            .find_map(|next| walk(next, graph, trail, done));
        trail.pop();
        found
    }
    let graph: BTreeMap<&str, BTreeSet<&str>> = all
        .iter()
        .map(|source| (source.file.as_str(), imports(source, all)))
        .collect();
    let mut done = BTreeSet::new();
    all.iter()
        .find_map(|source| walk(&source.file, &graph, &mut Vec::new(), &mut done))
}

#[test]
fn every_import_is_one_that_the_house_allows() {
    assert_eq!(forbidden_imports(&sources()), Vec::<String>::new());
}

#[test]
fn no_file_imports_itself_in_a_circle() {
    assert_eq!(circle(&sources()), None);
}

#[test]
fn unsafe_stands_in_one_file() {
    for source in sources() {
        assert_eq!(
            source.has_unsafe,
            source.file == UNSAFE_FILE,
            "{}",
            source.file
        );
    }
}

#[test]
fn the_clock_is_read_in_one_file() {
    for source in sources() {
        assert_eq!(
            source.reads_clock,
            source.file == CLOCK_FILE,
            "{}",
            source.file
        );
    }
}

/// The rules themselves are tried on a house that breaks each of them: a check that cannot fail
/// proves nothing.
#[test]
fn a_house_that_breaks_the_rules_is_found_out() {
    let house = [
        ("page/mod.rs", "mod a;"),
        (
            "page/a.rs",
            "use crate::session::b::B; fn f() { web_sys::window(); }",
        ),
        (
            "session/mod.rs",
            "#[cfg(target_arch = \"wasm32\")] mod b; #[cfg(target_arch = \"wasm32\")] mod e;",
        ),
        (
            "session/b.rs",
            "use web_sys::WebSocket; use super::exports::serve;",
        ),
        ("session/c.rs", "fn f() { super::b::g() } use super::d;"),
        ("session/d.rs", "use super::c::C;"),
        ("session/e.rs", "use std::rc::Rc;"),
        ("session/exports.rs", "fn f() { unsafe { } }"),
    ];
    let all: Vec<Source> = house
        .iter()
        .map(|(name, text)| read_text(name, text))
        .collect();
    assert_eq!(
        forbidden_imports(&all),
        [
            "page/a.rs: page may not import session (session/b.rs)",
            "page/a.rs: is pure and may not import glue (session/b.rs)",
            "page/a.rs: is pure and may not touch the browser",
            "session/b.rs: nothing imports session/exports.rs",
            "session/c.rs: is pure and may not import glue (session/b.rs)",
            "session/e.rs: touches no browser and may be pure",
        ]
    );
    assert_eq!(
        circle(&all),
        Some(vec!["session/c.rs".to_owned(), "session/d.rs".to_owned()])
    );
    assert!(all[7].has_unsafe && !all[0].has_unsafe);
    assert!(read_text("page/e.rs", "fn f() { js_sys::Date::now(); }").reads_clock);
    assert!(read_text("page/f.rs", "#[unsafe(no_mangle)] fn f() {}").has_unsafe);
}
