//! `#[holds("2.end-duration")]` on a test: it turns red when this promise of the contract is broken. An identifier that
//! `promises.toml` does not have is a compile error. `promises::Promises` reads the attributes from the sources.

use proc_macro::{TokenStream, TokenTree};

const PROMISES: &str = include_str!("../promises.toml");

/// Names the promises that a test holds.
#[proc_macro_attribute]
pub fn holds(names: TokenStream, test: TokenStream) -> TokenStream {
    let unknown = names.into_iter().find_map(|token| match token {
        TokenTree::Literal(literal) => {
            let known = PROMISES.contains(&format!("\nid = {literal}\n"));
            (!known).then(|| literal.to_string())
        }
        TokenTree::Punct(comma) if comma.as_char() == ',' => None,
        other => Some(other.to_string()),
    });
    match unknown {
        None => test,
        Some(name) => {
            let error = format!(
                "compile_error!({:?});",
                format!("promises.toml has no {name}")
            );
            error.parse().unwrap_or(test)
        }
    }
}
