//! A theme's text on its background, against WCAG's own formula.

use proptest::prelude::*;
use vocadesk_embed::page::view::contrast::{self, instead};

/// https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
fn luminance(colour: [f64; 3]) -> f64 {
    let linear = |byte: f64| {
        let x = byte / 255.0;
        if x <= 0.04045 {
            x / 12.92
        } else {
            ((x + 0.055) / 1.055).powf(2.4)
        }
    };
    let [r, g, b] = colour.map(linear);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn ratio(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a) + 0.05, luminance(b) + 0.05);
    a.max(b) / a.min(b)
}

fn css([r, g, b]: [u8; 3]) -> String {
    format!("rgb({r}, {g}, {b})")
}

fn shown(text: [f64; 3], opacity: f64, behind: [f64; 3]) -> [f64; 3] {
    let mut over = [0.0; 3];
    for (over, (text, behind)) in over.iter_mut().zip(text.iter().zip(behind)) {
        *over = behind + opacity * (text - behind);
    }
    over
}

proptest! {
    #[test]
    fn a_ratio_is_wcags_own_within_a_twentieth(one in any::<[u8; 3]>(), other in any::<[u8; 3]>()) {
        let exact = ratio(one.map(f64::from), other.map(f64::from));
        let ours = f64::from(contrast::ratio(one.map(f32::from), other.map(f32::from)));
        prop_assert!((ours / exact - 1.0).abs() < 0.05, "{ours} {exact}");
        prop_assert_eq!(ours, f64::from(contrast::ratio(other.map(f32::from), one.map(f32::from))));
    }

    #[test]
    fn what_cannot_be_read_becomes_black_or_white_and_what_can_stays(
        text in any::<[u8; 3]>(), behind in any::<[u8; 3]>(), percent in 0_u32..=100,
    ) {
        let (exact, back) = (text.map(f64::from), behind.map(f64::from));
        let [r, g, b] = text;
        let opacity = f64::from(percent) / 100.0;
        let translucent = format!("rgba({r}, {g}, {b}, {opacity})");
        let contrast = ratio(shown(exact, opacity, back), back);
        match instead(&translucent, &css(behind)) {
            // The polynomial is off by 0.002, which near black is most: 4 % of the flare.
            None => prop_assert!(contrast >= 4.5 * 0.95, "{contrast}"),
            Some(pole) => {
                prop_assert!(contrast < 4.5 * 1.05, "{contrast}");
                let pole = if pole == "#fff" { [255.0; 3] } else { [0.0; 3] };
                // Between the two the better one has 4.58 at the least; just beside the middle either has nearly that.
                prop_assert!(ratio(pole, back) >= 4.5, "{pole:?}");
            }
        }
    }

    #[test]
    fn no_text_of_a_browser_makes_it_panic(text in ".*", behind in "rgba?\\(?[0-9., ]*\\)?") {
        let _ = instead(&text, &behind);
        let _ = instead(&behind, "rgb(0, 0, 0)");
    }
}

#[test]
fn the_default_theme_is_left_as_it_is() {
    let navy = "rgb(11, 29, 54)";
    assert_eq!(instead("rgb(255, 255, 255)", navy), None);
    assert_eq!(instead("rgba(255, 255, 255, 0.55)", navy), None);
}

#[test]
fn a_light_theme_that_forgot_the_muted_colour_gets_a_dark_one() {
    assert_eq!(
        instead("rgba(255, 255, 255, 0.55)", "rgb(250, 250, 250)"),
        Some("#000")
    );
}

#[test]
fn what_is_not_known_is_left_as_it_is() {
    let white = "rgb(255, 255, 255)";
    for unknown in [
        "",
        "rgba(0, 0, 0, 0)",
        "rgba(255, 255, 255, 0.9)",
        "color(srgb 1 1 1)",
        "rgb(255, 255)",
        "rgb",
        "rgb(255 255 255)",
    ] {
        assert_eq!(instead(white, unknown), None, "{unknown}");
    }
    assert_eq!(instead("color(srgb 1 1 1)", white), None);
}
