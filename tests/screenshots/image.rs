//! A picture as pixels that can be cut, made smaller and written.

use std::path::Path;

use support::failure::Failure;
use support::pixels::decoded;

/// Rows of red, green, blue.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    pub width: usize,
    pub pixels: Vec<[u8; 3]>,
}

impl Image {
    /// Decodes what a driver gave.
    pub fn from_png(bytes: &[u8]) -> Result<Self, Failure> {
        let (width, pixels) = decoded(bytes)?;
        Ok(Self { width, pixels })
    }

    pub fn height(&self) -> usize {
        self.pixels.len() / self.width.max(1)
    }

    /// What lies within left, top, right, bottom.
    pub fn within(&self, [left, top, right, bottom]: [usize; 4]) -> Self {
        let right = right.min(self.width);
        let rows = self.pixels.chunks_exact(self.width);
        let rows = rows.take(bottom).skip(top);
        Self {
            width: right - left,
            pixels: rows.flat_map(|row| &row[left..right]).copied().collect(),
        }
    }

    /// Half as wide and high, each pixel the mean of four.
    pub fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height() / 2);
        let at = |x: usize, y: usize| self.pixels[y * self.width + x].map(u32::from);
        let mean = |x: usize, y: usize| {
            let four = [at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1)];
            [0, 1, 2].map(|i| (four.iter().map(|p| p[i]).sum::<u32>() / 4) as u8)
        };
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (2 * x, 2 * y)));
        Self {
            width,
            pixels: places.map(|(x, y)| mean(x, y)).collect(),
        }
    }

    /// Writes it with all its colours.
    pub fn write(&self, file: &Path) -> Result<(), Failure> {
        let (width, height) = (self.width as u32, self.height() as u32);
        let out = std::io::BufWriter::new(std::fs::File::create(file)?);
        let mut encoder = png::Encoder::new(out, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(|e| e.to_string())?;
        let bytes = self.pixels.as_flattened();
        Ok(writer.write_image_data(bytes).map_err(|e| e.to_string())?)
    }
}
