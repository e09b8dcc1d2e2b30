//! What a driver gives as a picture, decoded.

use std::io::Cursor;

use crate::failure::{Failure, ensure};

/// Red, green, blue.
pub type Colour = [u8; 3];

/// A PNG's width, and its pixels row by row.
pub fn decoded(png: &[u8]) -> Result<(usize, Vec<Colour>), Failure> {
    let mut decoder = png::Decoder::new(Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|e| e.to_string())?;
    let size = reader.output_buffer_size().ok_or("a picture too large")?;
    let mut buffer = vec![0; size];
    let info = reader.next_frame(&mut buffer).map_err(|e| e.to_string())?;
    let channels = info.color_type.samples();
    ensure!(channels >= 3, "a grey picture");
    let pixels = buffer[..info.buffer_size()].chunks_exact(channels);
    let pixels = pixels.map(|p| [p[0], p[1], p[2]]).collect();
    Ok((info.width as usize, pixels))
}
