//! Several pictures as one that moves (APNG): each but the first holds only what has changed. One alone is a plain PNG.

use std::path::Path;

use crate::image::Image;
use crate::palette::Palette;
use support::failure::Failure;

/// Writes the pictures, all of one size, each shown for so many milliseconds.
pub fn write(file: &Path, frames: &[(Image, u16)]) -> Result<(), Failure> {
    let mut palette = Palette::of(frames.iter().map(|(image, _)| image));
    let (first, first_ms) = frames.first().ok_or("no pictures")?;
    let mut shown = vec![(first.clone(), [0, 0], *first_ms)];
    for pair in frames.windows(2) {
        let [(before, _), (now, ms)] = pair else {
            continue;
        };
        match changed(before, now) {
            Some((sides, at)) => shown.push((now.within(sides), at, *ms)),
            // Nothing has changed: the last one stays.
            None => shown.last_mut().ok_or("no pictures")?.2 += ms,
        }
    }
    let say = |error: png::EncodingError| Failure(error.to_string());
    let out = std::io::BufWriter::new(std::fs::File::create(file)?);
    let mut encoder = png::Encoder::new(out, first.width as u32, first.height() as u32);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::NoFilter);
    encoder.set_palette(palette.colours.as_flattened().to_vec());
    let animated = shown.len() > 1;
    if animated {
        encoder.set_animated(shown.len() as u32, 0).map_err(say)?;
    }
    let mut writer = encoder.write_header().map_err(say)?;
    for (image, [x, y], ms) in &shown {
        if animated {
            writer.reset_frame_position().map_err(say)?;
            writer
                .set_frame_dimension(image.width as u32, image.height() as u32)
                .map_err(say)?;
            writer
                .set_frame_position(*x as u32, *y as u32)
                .map_err(say)?;
            writer.set_frame_delay(*ms, 1_000).map_err(say)?;
        }
        let bytes: Vec<u8> = image
            .pixels
            .iter()
            .map(|pixel| palette.index(*pixel))
            .collect();
        writer.write_image_data(&bytes).map_err(say)?;
    }
    Ok(())
}

type Changed = ([usize; 4], [usize; 2]);

/// Left, top, right and bottom of all that differs, and where that begins.
fn changed(before: &Image, now: &Image) -> Option<Changed> {
    let differs = |place: &usize| before.pixels.get(*place) != now.pixels.get(*place);
    let places: Vec<_> = (0..now.pixels.len()).filter(differs).collect();
    let (x, y) = (
        |place: &usize| place % now.width,
        |place: &usize| place / now.width,
    );
    let (left, right) = (places.iter().map(x).min()?, places.iter().map(x).max()?);
    let (top, bottom) = (places.iter().map(y).min()?, places.iter().map(y).max()?);
    Some(([left, top, right + 1, bottom + 1], [left, top]))
}
