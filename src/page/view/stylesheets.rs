//! Our two stylesheets, as constructed ones: they pass every `style-src`.

use crate::browser::by_prototype;
use js_sys::Array;
use std::cell::RefCell;
use web_sys::{CssStyleSheet, Node};

/// Which of the two.
#[derive(Clone, Copy)]
pub enum Sheet {
    /// In the document of the host: colours only, zero specificity.
    Host,
    /// In our closed shadow roots.
    Overlay,
}

thread_local! {
    static SHEETS: RefCell<[Option<CssStyleSheet>; 2]> = const { RefCell::new([None, None]) };
}

/// Gives a document or a shadow root the sheet, unless it has it. A browser without constructed
/// stylesheets shows the widget unstyled; it works all the same.
pub fn adopt(root: &Node, which: Sheet) {
    let Some(sheet) = sheet(which) else { return };
    let key = "adoptedStyleSheets";
    let adopted = by_prototype::get(root, key);
    if !adopted.is_object() {
        return;
    }
    let adopted = Array::from(&adopted);
    if !adopted.includes(&sheet, 0) {
        adopted.push(&sheet);
        by_prototype::set(root, key, &adopted);
    }
}

fn sheet(which: Sheet) -> Option<CssStyleSheet> {
    SHEETS.with_borrow_mut(|sheets| {
        let slot = sheets.get_mut(which as usize)?;
        if slot.is_none() {
            let sheet = CssStyleSheet::new().ok()?;
            let css = match which {
                Sheet::Host => include_str!(env!("VOCADESK_HOST_CSS")),
                Sheet::Overlay => include_str!(env!("VOCADESK_OVERLAY_CSS")),
            };
            sheet.replace_sync(css).ok()?;
            *slot = Some(sheet);
        }
        slot.clone()
    })
}
