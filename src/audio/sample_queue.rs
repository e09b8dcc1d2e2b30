//! What the agent has said and nobody has heard yet.
//!
//! The queue has no bound: an agent may be minutes ahead of real time, and every sample is played. It
//! grows by chunks of 0.425 s; what is queued is never copied, and chunks once taken are used
//! again, so that reading never touches the allocator. An hour of queued speech is 7,200 chunks of
//! 24 kB: 173 MB (and 86 kB to find them). Memory stays at the highest mark until the call is over.

/// 0.425 s at 24 kHz: seldom enough to allocate. Three chunks and what the allocator needs for each fill
/// one 64 KiB page of wasm memory, which is how that memory grows: an hour of speech takes 185 MB of it,
/// where chunks of half a second took 236 MB.
const CHUNK_SAMPLES: usize = 10_200;

/// Samples in the order in which they came.
pub struct SampleQueue {
    /// Chunks with sound at the front, read ones behind them, waiting to be filled again.
    chunks: Vec<Vec<i16>>,
    /// Samples of the front chunk that were read.
    read: usize,
    len: usize,
}

impl SampleQueue {
    /// An empty queue that holds 0.425 s before it grows.
    pub fn new() -> Self {
        Self {
            chunks: vec![chunk()],
            read: 0,
            len: 0,
        }
    }

    /// Samples queued.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is queued.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bytes of memory that the samples' chunks take, full or not.
    pub fn memory_bytes(&self) -> usize {
        self.chunks.len() * CHUNK_SAMPLES * size_of::<i16>()
    }

    /// Takes PCM16 little-endian; an odd last byte is dropped.
    pub fn push(&mut self, bytes: &[u8]) {
        let (mut samples, _) = bytes.as_chunks::<2>();
        while !samples.is_empty() {
            let end = self.read + self.len;
            let (index, offset) = (end / CHUNK_SAMPLES, end % CHUNK_SAMPLES);
            let Some(chunk) = self.chunks.get_mut(index) else {
                self.chunks.push(chunk());
                continue;
            };
            let free = chunk.get_mut(offset..).unwrap_or_default();
            let fits = free.len().min(samples.len());
            for (slot, sample) in free.iter_mut().zip(samples) {
                *slot = i16::from_le_bytes(*sample);
            }
            self.len += fits;
            samples = samples.get(fits..).unwrap_or_default();
        }
    }

    /// The next samples that lie together: none only if the queue is empty.
    pub fn front(&self) -> &[i16] {
        let end = CHUNK_SAMPLES.min(self.read + self.len);
        let chunk = self.chunks.first();
        chunk
            .and_then(|c| c.get(self.read..end))
            .unwrap_or_default()
    }

    /// Takes away the next `count` samples, or all if there are fewer.
    pub fn skip(&mut self, count: usize) {
        let count = count.min(self.len);
        self.len -= count;
        self.read += count;
        while self.read >= CHUNK_SAMPLES {
            self.read -= CHUNK_SAMPLES;
            // Moves what finds the chunks behind it, an hour's in microseconds, and no sample.
            let chunk = self.chunks.remove(0);
            self.chunks.push(chunk);
        }
    }

    /// Hands the next samples to `take`, at most `count`; returns how many there were.
    pub fn read(&mut self, count: usize, mut take: impl FnMut(i16)) -> usize {
        let mut left = count.min(self.len);
        let taken = left;
        while left > 0 {
            let run = self.front();
            let run = run.get(..left.min(run.len())).unwrap_or_default();
            run.iter().copied().for_each(&mut take);
            let done = run.len();
            left -= done;
            self.skip(done);
        }
        taken
    }

    /// Forgets everything, in no time however much it is.
    pub fn clear(&mut self) {
        self.len = 0;
        self.read = 0;
    }
}

impl Default for SampleQueue {
    fn default() -> Self {
        Self::new()
    }
}

fn chunk() -> Vec<i16> {
    vec![0; CHUNK_SAMPLES]
}
