//! Pictures of few colours, which weigh little.

use std::collections::HashMap;

use crate::image::Image;

/// A PNG's palette holds no more.
const MOST: usize = 256;

/// The colours that all of some pictures are drawn with.
pub struct Palette {
    pub colours: Vec<[u8; 3]>,
    known: HashMap<[u8; 3], u8>,
}

impl Palette {
    /// The most frequent colours of these pictures, in steps of 8, each as it is most often.
    pub fn of<'a>(images: impl Iterator<Item = &'a Image>) -> Self {
        let mut exact: HashMap<[u8; 3], usize> = HashMap::new();
        for pixel in images.flat_map(|image| &image.pixels) {
            *exact.entry(*pixel).or_default() += 1;
        }
        let mut coarse: HashMap<[u8; 3], ([u8; 3], usize, usize)> = HashMap::new();
        for (pixel, times) in exact {
            let entry = coarse.entry(pixel.map(|c| c / 8)).or_insert((pixel, 0, 0));
            entry.1 += times;
            if times > entry.2 {
                (entry.0, entry.2) = (pixel, times);
            }
        }
        let mut colours: Vec<_> = coarse.into_values().collect();
        // The colour itself decides among those that are as frequent: the same pictures give the same file.
        colours.sort_by_key(|(pixel, times, _)| (std::cmp::Reverse(*times), *pixel));
        colours.truncate(MOST);
        Self {
            colours: colours.into_iter().map(|(pixel, ..)| pixel).collect(),
            known: HashMap::new(),
        }
    }

    /// The place of the nearest colour.
    pub fn index(&mut self, pixel: [u8; 3]) -> u8 {
        let distance = |colour: &[u8; 3]| -> i32 {
            (0..3)
                .map(|i| (i32::from(colour[i]) - i32::from(pixel[i])).pow(2))
                .sum()
        };
        let colours = &self.colours;
        *self.known.entry(pixel).or_insert_with(|| {
            let nearest = colours.iter().enumerate().min_by_key(|(_, c)| distance(c));
            nearest.map_or(0, |(place, _)| place as u8)
        })
    }
}
