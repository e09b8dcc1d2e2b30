//! Finding hosts in a document that changes.

use crate::page_furniture::{Furniture, document};
use holds::holds;
use js_sys::{Object, Reflect, WeakSet};
use std::rc::{Rc, Weak};
use vocadesk_embed::browser::promise::sleep;
use vocadesk_embed::page::discovery::Discovery;
use vocadesk_embed::page::options::MountOptions;
use vocadesk_embed::page::realms::Realms;
use vocadesk_embed::page::widget::Widget;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlElement};

thread_local! {
    /// One discovery for the one document that all these tests share.
    static DISCOVERY: Rc<Discovery> = {
        let realms = Object::new();
        Reflect::set(&realms, &"dismissed".into(), &WeakSet::new()).unwrap();
        let realms: Realms = realms.unchecked_into();
        Discovery::start(realms, &web_sys::window().unwrap(), document())
    };
}

fn discovery() -> Rc<Discovery> {
    DISCOVERY.with(Clone::clone)
}

fn is_bound(element: &Element) -> bool {
    element.has_attribute("data-vocadesk-state")
}

/// Waits until an element is bound, or is not; within five seconds.
async fn becomes(element: &Element, bound: bool) {
    for _ in 0..500 {
        if is_bound(element) == bound {
            return;
        }
        sleep(10.0).await;
    }
    panic!("still not bound = {bound}: {}", element.outer_html());
}

/// Waits for as long as a scan could still be due.
async fn all_scans_done() {
    sleep(200.0).await;
}

#[wasm_bindgen_test]
#[holds("1.elements-any-time")]
async fn a_host_is_bound_whenever_and_however_it_comes() {
    let _hosts = discovery();
    let appended =
        Furniture::new(r#"<div><p><button data-vocadesk-embed="emb_a">x</button></p></div>"#);
    let inner = appended.0.query_selector("button").unwrap().unwrap();
    becomes(&inner, true).await;
    let marked_later = Furniture::new("<button>x</button>");
    marked_later
        .0
        .set_attribute("data-vocadesk-embed", "emb_b")
        .unwrap();
    becomes(&marked_later.0, true).await;
    marked_later
        .0
        .remove_attribute("data-vocadesk-embed")
        .unwrap();
    becomes(&marked_later.0, false).await;
    assert_eq!(marked_later.0.outer_html(), "<button>x</button>");
}

#[wasm_bindgen_test]
async fn a_host_that_leaves_the_document_is_let_go_and_bound_again_when_it_returns() {
    let _hosts = discovery();
    let furniture = Furniture::new(r#"<button data-vocadesk-embed="emb_a">x</button>"#);
    becomes(&furniture.0, true).await;
    let holder = furniture.0.parent_element().unwrap();
    furniture.0.remove();
    becomes(&furniture.0, false).await;
    holder.append_child(&furniture.0).unwrap();
    becomes(&furniture.0, true).await;
}

/// As the handle of that mount does it.
fn destroy(hosts: &Discovery, (widget, number): &(Weak<Widget>, u32)) {
    if let Some(widget) = widget
        .upgrade()
        .filter(|widget| widget.is_mounted_as(*number))
    {
        hosts.registry().dismiss(&widget);
    }
}

#[wasm_bindgen_test]
#[holds("1.destroy-idempotent")]
async fn unmounting_leaves_a_host_alone_though_it_is_marked_up() {
    let hosts = discovery();
    let html = r#"<button data-vocadesk-embed="emb_a">x</button>"#;
    let furniture = Furniture::new(html);
    let mounted = hosts.mount(&furniture.0, MountOptions::default());
    assert!(is_bound(&furniture.0));
    destroy(&hosts, &mounted);
    destroy(&hosts, &mounted);
    assert_eq!(furniture.0.outer_html(), html);
    all_scans_done().await;
    assert_eq!(furniture.0.outer_html(), html);
    hosts.mount(&furniture.0, MountOptions::default());
    assert!(is_bound(&furniture.0));
}

#[wasm_bindgen_test]
#[holds("1.mount-rebinds")]
async fn the_handle_of_an_earlier_mount_does_not_undo_a_later_one() {
    let hosts = discovery();
    let furniture = Furniture::new("<button>x</button>");
    let options = || MountOptions::read(&js_sys::eval("({ embedId: 'emb_a' })").unwrap());
    let first = hosts.mount(&furniture.0, options());
    let second = hosts.mount(&furniture.0, options());
    destroy(&hosts, &first);
    assert!(is_bound(&furniture.0));
    destroy(&hosts, &second);
    assert!(!is_bound(&furniture.0));
}

#[wasm_bindgen_test]
#[holds("1.mount-target")]
async fn a_host_inside_a_shadow_root_is_bound_by_mount_and_stays() {
    let hosts = discovery();
    let outside = Furniture::new("<div></div>");
    let init = web_sys::ShadowRootInit::new(web_sys::ShadowRootMode::Open);
    let shadow = outside.0.attach_shadow(&init).unwrap();
    shadow.set_inner_html("<button>x</button>");
    let host: HtmlElement = shadow.first_element_child().unwrap().dyn_into().unwrap();
    let options = MountOptions::read(&js_sys::eval("({ embedId: 'emb_a' })").unwrap());
    hosts.mount(&host, options);
    all_scans_done().await;
    assert!(is_bound(&host));
    host.remove();
    becomes(&host, false).await;
}

#[wasm_bindgen_test]
#[holds("1.option-label")]
async fn a_label_that_changes_is_shown() {
    let _hosts = discovery();
    let furniture = Furniture::new(r#"<button data-vocadesk-embed="emb_a">x</button>"#);
    becomes(&furniture.0, true).await;
    furniture
        .0
        .set_attribute("data-vocadesk-label", "Ring us")
        .unwrap();
    for _ in 0..500 {
        if furniture.0.get_attribute("aria-label").as_deref() == Some("Ring us") {
            return;
        }
        sleep(10.0).await;
    }
    panic!("still another label: {}", furniture.0.outer_html());
}
