//! A screenshot as pixels: what our closed shadow roots show cannot be asked for, only looked at.

use std::time::Instant;

use crate::failure::Failure;
pub use crate::pixels::Colour;
use crate::pixels::decoded;
use crate::stage::Stage;
use crate::visitor::SOON;

/// A decoded PNG.
pub struct Picture {
    width: usize,
    pixels: Vec<Colour>,
}

/// Screens round and blend; two colours of a trial lie much farther apart in each channel.
const SAME_COLOUR: u8 = 6;

impl Picture {
    /// Decodes what a driver gave.
    pub fn from_png(bytes: &[u8]) -> Result<Self, Failure> {
        let (width, pixels) = decoded(bytes)?;
        Ok(Self { width, pixels })
    }

    /// What lies wholly within left, top, right, bottom.
    pub fn within(&self, [left, top, right, bottom]: [f64; 4]) -> Self {
        let (left, right) = (left.ceil() as usize, right.floor() as usize);
        let rows = self.pixels.chunks_exact(self.width.max(1));
        let rows = rows.take(bottom.floor() as usize).skip(top.ceil() as usize);
        let right = right.min(self.width);
        Self {
            width: right.saturating_sub(left),
            pixels: rows
                .flat_map(|row| row.get(left..right))
                .flatten()
                .copied()
                .collect(),
        }
    }

    /// The mean colour of each block of so many pixels square, row by row, of the top left part of this size.
    pub fn blocks(&self, width: usize, height: usize, block: usize) -> Vec<Colour> {
        let mean = |left: usize, top: usize| {
            let places = (top..top + block).flat_map(|y| (left..left + block).map(move |x| (x, y)));
            let pixels = places.filter_map(|(x, y)| self.pixels.get(y * self.width + x));
            let mut sum = [0_u32; 4];
            for pixel in pixels {
                (0..3).for_each(|i| sum[i] += u32::from(pixel[i]));
                sum[3] += 1;
            }
            [0, 1, 2].map(|i| (sum[i] / sum[3].max(1)) as u8)
        };
        let tops = (0..height).step_by(block);
        tops.flat_map(|top| (0..width).step_by(block).map(move |left| (left, top)))
            .map(|(left, top)| mean(left, top))
            .collect()
    }

    /// How many pixels have this colour.
    pub fn count(&self, colour: Colour) -> usize {
        let same = |p: &&Colour| (0..3).all(|i| p[i].abs_diff(colour[i]) <= SAME_COLOUR);
        self.pixels.iter().filter(same).count()
    }

    /// How many pixels are lighter than this in every channel.
    pub fn light(&self, than: u8) -> usize {
        let light = |p: &&Colour| p.iter().all(|channel| *channel > than);
        self.pixels.iter().filter(light).count()
    }

    /// The same by column from the left, without those that have none, and so many columns away from the
    /// sides.
    pub fn light_by_column(&self, than: u8, away: usize) -> Vec<usize> {
        let light = |p: &Colour| p.iter().all(|channel| *channel > than);
        let column = |x: usize| self.pixels.iter().skip(x).step_by(self.width.max(1));
        (away..self.width.saturating_sub(away))
            .map(|x| column(x).filter(|p| light(p)).count())
            .filter(|count| *count > 0)
            .collect()
    }

    /// The share of the pixels that have this colour.
    pub fn share(&self, colour: Colour) -> f64 {
        self.count(colour) as f64 / self.pixels.len().max(1) as f64
    }
}

impl Stage {
    /// Waits until an element, and all that covers it, looks as it should: a screen shows what was changed
    /// some frames later, and a waiting text is at its brightest every 2.4 s.
    pub async fn until_it_looks(
        &self,
        selector: &str,
        right: impl Fn(&Picture) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let late = Instant::now() + SOON;
        loop {
            let looks = right(&self.look_at(selector).await?);
            if looks.is_ok() || Instant::now() > late {
                return looks;
            }
        }
    }

    /// Cut out of the whole page: asked for one element alone, WebKit's driver gives black (measured with
    /// 2.50).
    async fn look_at(&self, selector: &str) -> Result<Picture, Failure> {
        let element = format!("document.querySelector('{selector}')");
        let sides = self.box_of(&element).await?;
        Ok(Picture::from_png(&self.browser()?.screenshot().await?)?.within(sides))
    }
}
