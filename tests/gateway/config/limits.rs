//! How long the gateway waits for others, and how much it takes from them. `gateway.toml` says what each means.

use std::time::Duration;

use serde::Deserialize;

/// No deadline is longer: an `Instant` cannot hold just any time.
const A_DAY_SECS: f64 = 86_400.0;

/// Seconds that the gateway waits; see `gateway.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Deadlines {
    /// For the whole head of a request, and for the next request on a connection.
    pub headers_secs: f64,
    /// For the whole body of a request.
    pub body_secs: f64,
    /// For `start`, once the socket is open.
    pub start_secs: f64,
    /// Between two pings.
    pub ping_secs: f64,
    /// For a sign of life: a frame, or the pong to a ping.
    pub life_secs: f64,
    /// For a frame in a call, while the microphone is expected.
    pub silence_secs: f64,
    /// For the socket to take one frame.
    pub write_secs: f64,
    /// For an agent at a URL to say `started`.
    pub answer_secs: f64,
    /// With `resume`: having sent nothing for so long, the gateway asks for a sign of life.
    pub quiet_secs: f64,
    /// With `resume`: for anything at all from the client.
    pub line_secs: f64,
    /// With `resume`: for a new socket, once the line is lost.
    pub grace_secs: f64,
    /// For a whole call.
    pub call_secs: f64,
    /// For a released call to end by itself, once its visitor asks for the next token.
    pub release_secs: f64,
    /// For the release of a call that has ended.
    pub late_release_secs: f64,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            headers_secs: 60.0,
            body_secs: 10.0,
            start_secs: 10.0,
            ping_secs: 10.0,
            life_secs: 30.0,
            silence_secs: 60.0,
            write_secs: 20.0,
            answer_secs: 8.0,
            quiet_secs: 5.0,
            line_secs: 10.0,
            grace_secs: 30.0,
            call_secs: 7_200.0,
            release_secs: 2.0,
            late_release_secs: 10.0,
        }
    }
}

impl Deadlines {
    pub(super) fn check(&self) -> Result<(), String> {
        let each = [
            ("headers_secs", self.headers_secs),
            ("body_secs", self.body_secs),
            ("start_secs", self.start_secs),
            ("ping_secs", self.ping_secs),
            ("life_secs", self.life_secs),
            ("silence_secs", self.silence_secs),
            ("write_secs", self.write_secs),
            ("answer_secs", self.answer_secs),
            ("quiet_secs", self.quiet_secs),
            ("line_secs", self.line_secs),
            ("grace_secs", self.grace_secs),
            ("call_secs", self.call_secs),
            ("release_secs", self.release_secs),
            ("late_release_secs", self.late_release_secs),
        ];
        for (name, secs) in each {
            if !(secs > 0.0 && secs <= A_DAY_SECS) {
                return Err(format!("deadlines.{name} must lie between 0 and a day"));
            }
        }
        if self.ping_secs >= self.life_secs {
            return Err("deadlines.life_secs must be longer than ping_secs".to_owned());
        }
        if self.quiet_secs >= self.line_secs {
            return Err("deadlines.line_secs must be longer than quiet_secs".to_owned());
        }
        Ok(())
    }
}

/// One of the deadlines. [`Deadlines::check`] has held it to be a time.
pub(crate) fn duration(secs: f64) -> Duration {
    Duration::try_from_secs_f64(secs.min(A_DAY_SECS)).unwrap_or_default()
}

/// How much the gateway takes; see `gateway.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Open connections of an address to the api, whatever they are for.
    pub connections_per_address: usize,
    /// Sockets of an address, and places that tokens hold for it.
    pub calls_per_address: usize,
    /// Places of an embed.
    pub calls_per_embed: usize,
    /// Token requests of an address within a minute.
    pub tokens_per_address: u32,
    /// Token requests of a visitor to an embed within a minute.
    pub tokens_per_visitor: u32,
    /// Token requests to an embed within a minute.
    pub tokens_per_embed: u32,
    /// Frames that wait for a socket to take them.
    pub queued_frames: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_per_address: 500,
            calls_per_address: 100,
            calls_per_embed: 1_000,
            tokens_per_address: 600,
            tokens_per_visitor: 120,
            tokens_per_embed: 6_000,
            queued_frames: 30_000,
        }
    }
}

impl Limits {
    pub(super) fn check(&self) -> Result<(), String> {
        // A channel's own greatest capacity is far above any use.
        if self.queued_frames == 0 || self.queued_frames > 1_000_000 {
            return Err("limits.queued_frames must lie between 1 and 1000000".to_owned());
        }
        Ok(())
    }
}
