//! The customer's element: what we add goes away again, to the byte.

use crate::page_furniture::{Furniture, document};
use holds::holds;
use std::cell::Cell;
use std::rc::Rc;
use vocadesk_embed::error::{ErrorCode, Told};
use vocadesk_embed::page::call_state::{CallState, Requested};
use vocadesk_embed::page::options::{MountOptions, Presentation};
use vocadesk_embed::page::view::host::Host;
use vocadesk_embed::page::view::host_view::HostView;
use vocadesk_embed::page::view::stylesheets::{self, Sheet};
use vocadesk_embed::page::view::view_model::view;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{
    Element, HtmlElement, KeyboardEvent, KeyboardEventInit, Node, ShadowRootInit, ShadowRootMode,
};

const HOSTS: [&str; 6] = [
    r#"<button data-vocadesk-embed="emb_1">Talk <b>to</b> us</button>"#,
    r#"<button style="color:red;padding:3px" aria-label="Ring us">Talk</button>"#,
    r#"<div style="" tabindex="3" role="link">Talk</div>"#,
    r#"<a href="/contact" aria-busy="false">Talk</a>"#,
    r#"<span></span>"#,
    r#"<div style="position:absolute">Talk</div>"#,
];

/// How a host without attributes is shown by these options.
fn shown_by(options: &JsValue) -> Presentation {
    let host = document().create_element("i").unwrap();
    MountOptions::read(options).presentation(&host)
}

const PHASES: [CallState; 7] = [
    CallState::Asking(Requested {
        microphone: false,
        allowed: false,
        lock: false,
    }),
    CallState::Connecting,
    CallState::Live { since_ms: 0.0 },
    CallState::Ending { since_ms: 0.0 },
    CallState::Ended {
        duration_ms: 65_000.0,
    },
    CallState::Failed {
        code: ErrorCode::Network,
        told: Told::ByCode,
    },
    CallState::Idle,
];

#[wasm_bindgen_test]
#[holds("1.destroy-restores")]
fn a_host_is_left_as_it_was_found() {
    for html in HOSTS {
        let furniture = Furniture::new(html);
        let host = Host::new(furniture.0.clone(), |_| {});
        host.behave_like_a_button();
        let ui = HostView::new(document());
        let labelled = shown_by(&js_sys::eval("({ label: 'Call us' })").unwrap());
        for phase in PHASES {
            ui.show(&host, &view(phase, false, None, 1_000.0), &labelled);
            ui.level(&host, 2, 5);
        }
        assert_ne!(furniture.0.outer_html(), html);
        ui.remove(&host);
        host.unbind();
        assert_eq!(furniture.0.outer_html(), html);
    }
}

#[wasm_bindgen_test]
#[holds("1.host-never-emptied")]
fn the_hosts_own_children_stay_the_same_nodes_in_every_state() {
    let furniture = Furniture::new(HOSTS[0]);
    let children: Vec<_> = (0..3)
        .map(|at| furniture.0.child_nodes().item(at).unwrap())
        .collect();
    let host = Host::new(furniture.0.clone(), |_| {});
    let ui = HostView::new(document());
    for phase in PHASES {
        ui.show(
            &host,
            &view(phase, false, None, 1_000.0),
            &shown_by(&JsValue::NULL),
        );
        for (at, child) in (0..).zip(&children) {
            assert_eq!(furniture.0.child_nodes().item(at).as_ref(), Some(child));
        }
    }
}

#[wasm_bindgen_test]
#[holds("1.hydration")]
fn what_is_drawn_on_a_host_is_no_child_of_it_in_any_state() {
    stylesheets::adopt(&document(), Sheet::Host);
    for html in [
        "<button></button>",
        "<button><b>Talk</b> to us</button>",
        "<a href=\"/talk\"></a>",
        "<li><i>Talk</i></li>",
        "<div></div>",
        "<p><b>Talk</b> to us</p>",
        "<span></span>",
        "<div><b slot=\"end\">!</b></div>",
    ] {
        let furniture = Furniture::new(html);
        let sent = furniture.0.inner_html();
        let host = Host::new(furniture.0.clone(), |_| {});
        let ui = HostView::new(document());
        let labelled = shown_by(&js_sys::eval("({ label: 'Call us' })").unwrap());
        for phase in [CallState::Idle].into_iter().chain(PHASES) {
            ui.show(&host, &view(phase, false, None, 1_000.0), &labelled);
            ui.level(&host, 2, 5);
            assert_eq!(furniture.0.inner_html(), sent, "{html} in {phase:?}");
            let region = furniture.0.next_element_sibling();
            assert!(region.is_none_or(|it| it.has_attribute("role")), "{html}");
            assert!(ui.is_drawn(), "{html} in {phase:?}");
        }
        ui.remove(&host);
        host.unbind();
        // Bound anew it has the shadow root that it had.
        let host = Host::new(furniture.0.clone(), |_| {});
        let ui = HostView::new(document());
        ui.show(&host, &view(CallState::Idle, false, None, 0.0), &labelled);
        assert!(ui.is_drawn() && furniture.0.inner_html() == sent, "{html}");
        ui.remove(&host);
        host.unbind();
        assert_eq!(furniture.0.outer_html(), html);
    }
}

#[wasm_bindgen_test]
#[holds("1.label-default")]
fn a_state_is_shown_by_an_element_where_pseudo_elements_cannot_show_it() {
    stylesheets::adopt(&document(), Sheet::Host);
    let page = document().create_element("style").unwrap();
    page.set_text_content(Some(
        ".arrow::after { content: '→' } .pale { --vocadesk-bg: #fff; --vocadesk-fg: #eee }",
    ));
    let furniture = Furniture::new("<p></p>");
    furniture.0.append_child(&page).unwrap();
    let shadow = furniture
        .0
        .append_child(&document().create_element("div").unwrap())
        .unwrap()
        .unchecked_into::<Element>()
        .attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))
        .unwrap();
    for (class, around) in [
        ("arrow", furniture.0.unchecked_ref::<Node>()),
        ("pale", furniture.0.unchecked_ref()),
        // Where our stylesheet is not.
        ("", shadow.unchecked_ref()),
    ] {
        let element = document().create_element("button").unwrap();
        element.set_class_name(class);
        let element: HtmlElement = element.unchecked_into();
        around.append_child(&element).unwrap();
        let sent = element.outer_html();
        let host = Host::new(element.clone(), |_| {});
        let ui = HostView::new(document());
        let labelled = shown_by(&js_sys::eval("({ label: 'Call us' })").unwrap());
        for phase in [CallState::Idle].into_iter().chain(PHASES) {
            ui.show(&host, &view(phase, false, None, 1_000.0), &labelled);
            assert_eq!(element.child_element_count(), 1, "{class} in {phase:?}");
            assert!(element.offset_width() > 40, "{class} in {phase:?}");
        }
        ui.remove(&host);
        host.unbind();
        assert_eq!(element.outer_html(), sent);
    }
}

#[wasm_bindgen_test]
#[holds("6.box")]
fn the_host_keeps_its_box_in_every_state() {
    for html in HOSTS {
        let furniture = Furniture::new(html);
        let host = Host::new(furniture.0.clone(), |_| {});
        let ui = HostView::new(document());
        ui.show(
            &host,
            &view(CallState::Idle, false, None, 0.0),
            &shown_by(&JsValue::NULL),
        );
        let size = |element: &Element| {
            let rect = element.get_bounding_client_rect();
            (rect.x(), rect.y(), rect.width(), rect.height())
        };
        let before = size(&furniture.0);
        for phase in PHASES {
            ui.show(
                &host,
                &view(phase, false, None, 1_000.0),
                &shown_by(&JsValue::NULL),
            );
            assert_eq!(size(&furniture.0), before, "{html} in {phase:?}");
        }
    }
}

#[wasm_bindgen_test]
fn a_style_that_the_page_sets_in_mid_call_stays() {
    let furniture = Furniture::new(HOSTS[1]);
    let host = Host::new(furniture.0.clone(), |_| {});
    let ui = HostView::new(document());
    ui.show(
        &host,
        &view(CallState::Connecting, false, None, 0.0),
        &shown_by(&JsValue::NULL),
    );
    furniture.0.style().set_property("margin", "7px").unwrap();
    ui.show(
        &host,
        &view(CallState::Idle, false, None, 0.0),
        &shown_by(&JsValue::NULL),
    );
    let style = furniture.0.get_attribute("style").unwrap();
    assert!(
        style.contains("margin: 7px") && !style.contains("position"),
        "{style}"
    );
}

#[wasm_bindgen_test]
#[holds("1.void-element")]
fn a_host_that_can_have_no_children_is_covered_by_an_element_beside_it() {
    for html in [
        r#"<input type="button" value="Talk to us" style="margin:30px 0 0 40px">"#,
        r#"<img alt="Talk to us" width="120" height="40">"#,
    ] {
        let furniture = Furniture::new(html);
        let before = furniture.0.outer_html();
        let host = Host::new(furniture.0.clone(), |_| {});
        let ui = HostView::new(document());
        let rectangle = |element: &Element| {
            let rect = element.get_bounding_client_rect();
            [rect.left(), rect.top(), rect.width(), rect.height()]
        };
        for phase in [CallState::Connecting, CallState::Live { since_ms: 0.0 }] {
            ui.show(
                &host,
                &view(phase, false, None, 1_000.0),
                &shown_by(&JsValue::NULL),
            );
            let cover = furniture.0.next_element_sibling().unwrap();
            let pairs = rectangle(&cover).into_iter().zip(rectangle(&furniture.0));
            for (ours, theirs) in pairs {
                // The cover lies on whole pixels.
                assert!((ours - theirs).abs() <= 1.0, "{html}: {ours} {theirs}");
            }
        }
        ui.show(
            &host,
            &view(CallState::Idle, false, None, 1_000.0),
            &shown_by(&JsValue::NULL),
        );
        assert!(furniture.0.next_element_sibling().is_none());
        ui.remove(&host);
        host.unbind();
        assert_eq!(furniture.0.outer_html(), before);
    }
}

#[wasm_bindgen_test]
#[holds("1.label-default")]
fn an_empty_host_gets_words_only_where_it_could_not_be_clicked_without() {
    for (html, label) in [
        (
            "<div style='display:inline-block'></div>",
            Some("Talk to us"),
        ),
        ("<div style='width:60px;height:60px'></div>", None),
    ] {
        let furniture = Furniture::new(html);
        let host = Host::new(furniture.0.clone(), |_| {});
        let ui = HostView::new(document());
        ui.show(
            &host,
            &view(CallState::Idle, false, None, 0.0),
            &shown_by(&JsValue::NULL),
        );
        assert_eq!(furniture.0.get_attribute("aria-label").as_deref(), label);
        assert!(furniture.0.offset_width() > 24);
    }
}

fn press(element: &Element, key: &str) -> bool {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    !element.dispatch_event(&event).unwrap()
}

#[wasm_bindgen_test]
#[holds("1.any-element", "1.destroy-listeners")]
fn enter_and_space_activate_a_host_that_is_no_button_and_other_keys_do_not() {
    let furniture = Furniture::new("<div>Talk <i>now</i></div>");
    let clicks = Rc::new(Cell::new(0));
    let counted = clicks.clone();
    let host = Host::new(furniture.0.clone(), move |_| counted.set(counted.get() + 1));
    host.behave_like_a_button();
    assert_eq!(furniture.0.get_attribute("role").as_deref(), Some("button"));
    assert_eq!(furniture.0.get_attribute("tabindex").as_deref(), Some("0"));
    assert!(press(&furniture.0, "Enter") && press(&furniture.0, " "));
    assert!(!press(&furniture.0, "a"));
    assert!(!press(&furniture.0.first_element_child().unwrap(), "Enter"));
    assert_eq!(clicks.get(), 2);
    host.unbind();
    furniture.0.click();
    assert!(!press(&furniture.0, "Enter"));
    assert_eq!(clicks.get(), 2);
}

#[wasm_bindgen_test]
fn what_assistive_technology_is_told_is_the_action_and_never_the_time() {
    let furniture = Furniture::new(HOSTS[1]);
    let host = Host::new(furniture.0.clone(), |_| {});
    let ui = HostView::new(document());
    let label = || furniture.0.get_attribute("aria-label");
    ui.show(
        &host,
        &view(CallState::Live { since_ms: 0.0 }, false, None, 61_000.0),
        &shown_by(&JsValue::NULL),
    );
    assert_eq!(label().as_deref(), Some("End call, In a call"));
    ui.show(
        &host,
        &view(CallState::Connecting, false, None, 0.0),
        &shown_by(&JsValue::NULL),
    );
    assert_eq!(
        furniture.0.get_attribute("aria-busy").as_deref(),
        Some("true")
    );
    ui.show(
        &host,
        &view(CallState::Idle, false, None, 0.0),
        &shown_by(&JsValue::NULL),
    );
    assert_eq!(label().as_deref(), Some("Ring us"));
    assert_eq!(furniture.0.get_attribute("aria-busy"), None);
}
