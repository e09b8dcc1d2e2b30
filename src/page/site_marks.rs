//! What the site's owner has written on our script tag, and how far the markup of the page is trusted beside it.
//!
//! Sanitisers keep `data-*`: markup that a visitor has put into a page may make a call button, and must not send another
//! visitor's voice elsewhere.

use super::realms::Realms;
use super::window::window;
use crate::browser::member;
use crate::protocol::http::is_plain_url;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::{Url, console};

/// See the module.
#[derive(Clone, Default)]
struct SiteMarks {
    api_url: Option<String>,
    wss_url: Option<String>,
    ui: Option<String>,
    /// The embeds that markup may call; all where the tag names none.
    embeds: Option<Vec<String>>,
}

thread_local! {
    static SITE: RefCell<SiteMarks> = RefCell::default();
    /// What was warned of.
    static IGNORED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Reads the attributes of our script tag, which the shim has kept.
pub fn read(realms: &Realms) {
    let marks = realms.marks();
    let text = |key: &str| member::text(&marks, key).filter(|text| !text.trim_ascii().is_empty());
    let embeds = member::text(&marks, "vocadeskEmbeds");
    SITE.set(SiteMarks {
        api_url: text("vocadeskApiUrl"),
        wss_url: text("vocadeskWssUrl"),
        ui: text("vocadeskUi"),
        embeds: embeds.map(|ids| ids.split_ascii_whitespace().map(str::to_owned).collect()),
    });
}

/// Whether a host that is only marked up may call this embed.
pub fn may_call(embed_id: &str) -> bool {
    SITE.with_borrow(|site| {
        let embeds = site.embeds.as_ref();
        embeds.is_none_or(|embeds| embeds.iter().any(|id| id == embed_id))
    })
}

/// Who draws calls, by a host's attribute or the tag's.
pub fn ui(attribute: Option<String>) -> Option<String> {
    SITE.with_borrow(|site| match site.embeds {
        None => attribute.or_else(|| site.ui.clone()),
        Some(_) => site.ui.clone(),
    })
}

/// The token endpoint's base, by a host's attribute, the tag's, or `default`.
pub fn api_url(attribute: Option<String>, default: &str) -> String {
    SITE.with_borrow(|site| endpoint(site, attribute, site.api_url.as_deref(), default))
}

/// The socket, likewise.
pub fn wss_url(attribute: Option<String>, default: &str) -> String {
    SITE.with_borrow(|site| endpoint(site, attribute, site.wss_url.as_deref(), default))
}

fn endpoint(
    site: &SiteMarks,
    attribute: Option<String>,
    tag: Option<&str>,
    default: &str,
) -> String {
    let instead = tag.unwrap_or(default);
    match attribute {
        Some(url) if url == instead => url,
        Some(url) if site.embeds.is_none() && is_trusted(&url, &[Some(default), tag]) => url,
        Some(url) => {
            ignore(&url);
            instead.to_owned()
        }
        None => instead.to_owned(),
    }
}

/// Whether an address that markup names is one of the site's own.
fn is_trusted(url: &str, known: &[Option<&str>]) -> bool {
    let window = window();
    // Not the document's own address and base: an element that is called `URL` or `baseURI` stands before them. And what is
    // relative is asked by nobody, whatever it leads to.
    let here = window.location().href().unwrap_or_default();
    let Some(there) = place(url, &here) else {
        // What is no address is told apart later, by its own error; what only we cannot read is no friend's.
        return !is_plain_url(url, &["https://", "http://", "wss://", "ws://"]);
    };
    let known = known
        .iter()
        .flatten()
        .filter_map(|known| place(known, &here));
    // What stands in an `about:blank` frame has no address, but the origin of the page around it; a sandbox may have an
    // address and no origin.
    let origin = member::text(&window, "origin").and_then(|origin| place(&origin, &origin));
    let here = origin.or_else(|| place(&here, &here));
    if known.chain(here.clone()).any(|known| known == there) {
        return true;
    }
    here.is_some_and(|here| is_loopback(&here.host)) && is_loopback(&there.host)
}

/// An origin: a socket's is that of the requests to the same host.
#[derive(Clone, PartialEq)]
struct Place {
    is_secure: bool,
    host: String,
}

fn place(url: &str, base: &str) -> Option<Place> {
    let url = Url::new_with_base(url, base).ok()?;
    let is_secure = match url.protocol().as_str() {
        "https:" | "wss:" => true,
        "http:" | "ws:" => false,
        _ => return None,
    };
    let host = url.host();
    (!host.is_empty()).then_some(Place { is_secure, host })
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    let is_ipv4 =
        name.starts_with("127.") && name.split('.').all(|part| part.parse::<u8>().is_ok());
    is_ipv4 || name == "localhost" || name.ends_with(".localhost") || name == "[::1]"
}

/// Says so once for each address.
fn ignore(url: &str) {
    let is_new = IGNORED.with_borrow_mut(|ignored| {
        let is_new = !ignored.iter().any(|known| known == url);
        if is_new {
            ignored.push(url.to_owned());
        }
        is_new
    });
    if is_new {
        let warning = format!(
            "Vocadesk: the markup of this page names the endpoint {url}, which is not the site's own, and is ignored. Name it \
             on our script tag by the same attribute, or give it to Vocadesk.mount."
        );
        console::warn_1(&JsValue::from(warning));
    }
}
