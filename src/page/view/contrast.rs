//! Whether a text of ours can be read on a theme's background, and in which colour it can. Pure.

/// The least contrast of text (WCAG 2.2, 1.4.3).
const LEAST: f32 = 4.5;

/// Added to both luminances before they are divided, so says WCAG.
const FLARE: f32 = 0.05;

/// Red, green, blue from 0 to 255, and opacity from 0 to 1.
type Colour = [f32; 4];

/// WCAG's contrast ratio of two opaque colours, each red, green and blue from 0 to 255; within a twentieth of the exact one.
pub fn ratio(one: [f32; 3], other: [f32; 3]) -> f32 {
    let opaque = |[r, g, b]: [f32; 3]| luminance([r, g, b, 1.0]);
    let (one, other) = (opaque(one), opaque(other));
    one.max(other) / one.min(other)
}

/// The colour to take instead of `text`, both as a browser computes them; none where that can be read, or where
/// either is no colour that is known here (`color(display-p3 …)`) or lets something unknown through.
pub fn instead(text: &str, background: &str) -> Option<&'static str> {
    let background = colour(background)?;
    let mut text = colour(text)?;
    let [.., opacity] = text;
    for (text, behind) in text.iter_mut().zip(background) {
        *text = behind + opacity * (*text - behind);
    }
    let (text, behind) = (luminance(text), luminance(background));
    let can_be_read = text >= LEAST * behind || behind >= LEAST * text;
    let [.., is_opaque] = background;
    // As far from white as from black: √(1.05 · 0.05).
    let pole = if behind < 0.2291 { "#fff" } else { "#000" };
    (is_opaque == 1.0 && !can_be_read).then_some(pole)
}

/// WCAG's relative luminance, the flare included.
fn luminance(colour: Colour) -> f32 {
    let mut luminance = FLARE;
    for (byte, weight) in colour.iter().zip([0.2126, 0.7152, 0.0722]) {
        let x = byte / 255.0;
        // The curve of sRGB as a polynomial of third degree: off by 0.002 at the most, and no `powf`.
        luminance += weight * x * (x * (x * 0.305_306 + 0.682_171) + 0.012_523);
    }
    luminance
}

/// Reads `rgb(1, 2, 3)` and `rgba(1, 2, 3, 0.5)`, the one form that browsers give a computed colour of sRGB.
fn colour(css: &str) -> Option<Colour> {
    let mut colour = [0.0, 0.0, 0.0, 1.0];
    let mut slots = colour.iter_mut();
    // Nought before the point: then it stays that.
    let (mut digits, mut unit) = (0.0, 0.0);
    for byte in css.bytes() {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10.0 + f32::from(byte - b'0');
                unit *= 10.0;
            }
            b'.' => unit = 1.0,
            b',' | b')' => {
                *slots.next()? = if unit > 0.0 { digits / unit } else { digits };
                (digits, unit) = (0.0, 0.0);
            }
            b'r' | b'g' | b'b' | b'a' | b'(' | b' ' => {}
            _ => return None,
        }
    }
    (slots.len() < 2).then_some(colour)
}
