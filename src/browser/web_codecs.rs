//! WebCodecs' audio: Opus from PCM, and PCM from Opus (<https://www.w3.org/TR/webcodecs/>). web-sys has it, but only for those
//! who set a flag of rustc's; and each function that the glue names is paid for by pages that never call, so that all is
//! asked for by name here. Everything fails where the browser has none of it.

use super::events::linger;
use super::member::{self, call};
use super::promise::settle;
use js_sys::{Array, Float32Array, Function, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = globalThis)]
    static GLOBAL: JsValue;
}

const ENCODER: &str = "AudioEncoder";
const DECODER: &str = "AudioDecoder";

fn class(name: &str) -> Result<JsValue, JsValue> {
    GLOBAL.with(|global| Reflect::get(global, &name.into()))
}

fn construct(name: &str, init: &JsValue) -> Result<JsValue, JsValue> {
    let class: Function = class(name)?.dyn_into()?;
    Reflect::construct(&class, &Array::of1(init))
}

fn object<const N: usize>(members: [(&str, JsValue); N]) -> JsValue {
    let object: JsValue = Object::new().into();
    for (name, value) in &members {
        // It is an object of ours.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// Opus in one channel.
#[derive(Clone, Copy, Debug)]
pub struct OpusFormat {
    /// Samples a second.
    pub rate_hz: u32,
    /// How long a packet lasts, in µs.
    pub packet_us: u32,
    /// How much the encoder may spend, in bit/s.
    pub bitrate: u32,
}

impl OpusFormat {
    fn config(self) -> JsValue {
        let opus = object([
            ("frameDuration", self.packet_us.into()),
            ("application", "voip".into()),
        ]);
        object([
            ("codec", "opus".into()),
            ("sampleRate", self.rate_hz.into()),
            ("numberOfChannels", 1.into()),
            ("bitrate", self.bitrate.into()),
            ("opus", opus),
        ])
    }

    /// Whether the browser says that it encodes and decodes this. It may still not do so.
    pub async fn is_supported(self) -> bool {
        let ask = |name| {
            let config = Array::of1(&self.config());
            class(name).and_then(|class| call(&class, "isConfigSupported", &config))
        };
        let (Ok(encodes), Ok(decodes)) = (ask(ENCODER), ask(DECODER)) else {
            return false;
        };
        let answers = settle(&Promise::all(&Array::of2(&encodes, &decodes))).await;
        answers.is_ok_and(|answers| {
            let answers: Array = answers.unchecked_into();
            answers
                .iter()
                .all(|answer| member::is_true(&answer, "supported"))
        })
    }
}

type Callback = Closure<dyn Fn(JsValue)>;

/// A codec; it is closed when it is dropped.
struct Codec {
    codec: JsValue,
    /// There until it is dropped.
    callbacks: Option<[Callback; 2]>,
}

impl Codec {
    /// `on_output` is called with each output, and with nothing where the codec has died.
    fn new(
        name: &str,
        format: OpusFormat,
        on_output: impl Fn(Option<JsValue>) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let on_error = on_output.clone();
        let callbacks: [Callback; 2] = [
            Closure::new(move |output| on_output(Some(output))),
            Closure::new(move |_| on_error(None)),
        ];
        let [output, error] = &callbacks;
        let init = object([
            ("output", output.as_ref().clone()),
            ("error", error.as_ref().clone()),
        ]);
        let codec = construct(name, &init)?;
        call(&codec, "configure", &Array::of1(&format.config()))?;
        let callbacks = Some(callbacks);
        Ok(Self { codec, callbacks })
    }
}

impl Drop for Codec {
    fn drop(&mut self) {
        let _ = call(&self.codec, "close", &Array::new());
        // To call a closure that is gone would throw: an answer may be on its way to these.
        linger(self.callbacks.take());
    }
}

/// An encoder.
pub struct Encoder {
    codec: Codec,
    format: OpusFormat,
}

impl Encoder {
    /// `on_output` is called in order, with one packet for each that was given; with nothing where the encoder has died.
    ///
    /// # Errors
    /// The browser has none.
    pub fn new(
        format: OpusFormat,
        on_output: impl Fn(Option<Vec<u8>>) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let codec = Codec::new(ENCODER, format, move |chunk| {
            on_output(chunk.and_then(|chunk| bytes_of(&chunk)));
        })?;
        Ok(Self { codec, format })
    }

    /// Gives it PCM16, little-endian, at a time in µs.
    ///
    /// # Errors
    /// It has died.
    pub fn give(&self, pcm: &[u8], timestamp_us: f64) -> Result<(), JsValue> {
        let init = object([
            ("format", "s16".into()),
            ("sampleRate", self.format.rate_hz.into()),
            ("numberOfChannels", 1.into()),
            ("numberOfFrames", ((pcm.len() / 2) as u32).into()),
            ("timestamp", timestamp_us.into()),
            ("data", Uint8Array::from(pcm).into()),
        ]);
        let data = construct("AudioData", &init)?;
        let given = call(&self.codec.codec, "encode", &Array::of1(&data));
        let _ = call(&data, "close", &Array::new());
        given.map(drop)
    }
}

fn bytes_of(chunk: &JsValue) -> Option<Vec<u8>> {
    let length = member::number(chunk, "byteLength")?;
    let bytes = Uint8Array::new_with_length(length as u32);
    call(chunk, "copyTo", &Array::of1(&bytes)).ok()?;
    Some(bytes.to_vec())
}

/// Samples of one channel, and their rate.
pub type Samples = (Vec<f32>, u32);

/// A decoder.
pub struct Decoder {
    codec: Codec,
    format: OpusFormat,
}

impl Decoder {
    /// `on_output` is called in order, once for each packet that was given; with nothing where the decoder has died.
    ///
    /// # Errors
    /// The browser has none.
    pub fn new(
        format: OpusFormat,
        on_output: impl Fn(Option<Samples>) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let codec = Codec::new(DECODER, format, move |data| {
            on_output(data.and_then(|data| samples_of(&data)));
        })?;
        Ok(Self { codec, format })
    }

    /// Gives it a packet, at a time in µs.
    ///
    /// # Errors
    /// It has died, or the packet is none.
    pub fn give(&self, packet: &[u8], timestamp_us: f64) -> Result<(), JsValue> {
        let init = object([
            ("type", "key".into()),
            ("timestamp", timestamp_us.into()),
            ("duration", self.format.packet_us.into()),
            ("data", Uint8Array::from(packet).into()),
        ]);
        let chunk = construct("EncodedAudioChunk", &init)?;
        call(&self.codec.codec, "decode", &Array::of1(&chunk)).map(drop)
    }
}

/// The first channel, and its rate: neither number of channels nor rate need be what was asked for.
fn samples_of(data: &JsValue) -> Option<Samples> {
    let frames = member::number(data, "numberOfFrames")?;
    let rate_hz = member::number(data, "sampleRate")?;
    let samples = Float32Array::new_with_length(frames as u32);
    let plane = object([("planeIndex", 0.into()), ("format", "f32-planar".into())]);
    let copied = call(data, "copyTo", &Array::of2(&samples, &plane));
    let _ = call(data, "close", &Array::new());
    copied.is_ok().then(|| (samples.to_vec(), rate_hz as u32))
}
