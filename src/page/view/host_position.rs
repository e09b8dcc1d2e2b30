//! A host that something of ours is laid over by absolute positions.

use super::element::{computed, set};
use super::left_over;
use std::cell::RefCell;
use web_sys::HtmlElement;

const POSITION: &str = "position";

/// A host's style before we positioned it.
struct Styles {
    attribute: Option<String>,
    /// The same as the CSSOM tells it.
    text: String,
    /// The attribute right after.
    ours: Option<String>,
}

/// See the module.
#[derive(Default)]
pub struct HostPosition {
    styles: RefCell<Option<Styles>>,
}

impl HostPosition {
    /// Our element covers the host, so the host must be what absolute positions refer to. Mostly our
    /// stylesheet sees to that; where the page's own rules are stronger, the style attribute does, until
    /// the overlay is lifted or the page writes that attribute anew.
    pub fn position(&self, host: &HtmlElement, first: bool) {
        let now = host.get_attribute("style");
        let rewritten = |styles: &Styles| styles.ours != now;
        if !first && !self.styles.borrow().as_ref().is_some_and(rewritten) {
            return;
        }
        if computed(host, POSITION) == "static" {
            let style = host.style();
            let text = style.css_text();
            style.set_css_text(&format!("{text};position:relative!important"));
            left_over::note(host, "style", now.as_deref());
            self.styles.replace(Some(Styles {
                attribute: now,
                text,
                ours: host.get_attribute("style"),
            }));
        }
    }

    /// Gives the host its own style back.
    pub fn unposition(&self, host: &HtmlElement) {
        if let Some(before) = self.styles.take() {
            let style = host.style();
            if host.get_attribute("style") == before.ours {
                style.set_css_text(&before.text);
                // The CSSOM writes the attribute in its own spelling, and the page gets back its own. Only where that is
                // another: a site's policy may refuse the attribute, and never the CSSOM.
                if host.get_attribute("style") != before.attribute {
                    set(host, "style", before.attribute.as_deref());
                }
            } else if style.get_property_priority(POSITION) == "important" {
                let _ = style.remove_property(POSITION);
            }
        }
    }
}
