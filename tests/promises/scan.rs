//! Finds `#[holds(…)]` in the tests' sources.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// A test that holds promises.
#[derive(Clone, Debug)]
pub struct Holding {
    /// Below the clone's folder.
    pub file: String,
    /// Its name, in words.
    pub test: String,
    /// What it holds.
    pub promises: Vec<String>,
}

/// Of every Rust file below `tests`.
pub fn holdings(tests: &Path) -> Result<Vec<Holding>, String> {
    let mut files = Vec::new();
    walk(tests, &mut files).map_err(|why| format!("{}: {why}", tests.display()))?;
    files.sort();
    let mut found = Vec::new();
    for path in files {
        let text = fs::read_to_string(&path).map_err(|why| format!("{}: {why}", path.display()))?;
        // Most of the time goes into parsing.
        if !text.contains("#[holds(") {
            continue;
        }
        let parsed = syn::parse_file(&text).map_err(|why| format!("{}: {why}", path.display()))?;
        let below = path.strip_prefix(tests).unwrap_or(&path);
        let mut finder = Finder {
            file: format!("tests/{}", below.display()),
            found: &mut found,
        };
        finder.visit_file(&parsed);
    }
    Ok(found)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

struct Finder<'a> {
    file: String,
    found: &'a mut Vec<Holding>,
}

impl Visit<'_> for Finder<'_> {
    fn visit_item_fn(&mut self, function: &syn::ItemFn) {
        let promises: Vec<String> = function
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("holds"))
            .filter_map(|attribute| attribute.meta.require_list().ok())
            .flat_map(|list| texts(list.tokens.clone()))
            .collect();
        if !promises.is_empty() {
            self.found.push(Holding {
                file: self.file.clone(),
                test: function.sig.ident.to_string().replace('_', " "),
                promises,
            });
        }
        visit::visit_item_fn(self, function);
    }
}

fn texts(tokens: TokenStream) -> impl Iterator<Item = String> {
    tokens.into_iter().filter_map(|token| match token {
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            Some(text.trim_matches('"').to_owned())
        }
        _ => None,
    })
}
