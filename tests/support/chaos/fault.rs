//! The kinds of fault, and which of them a place can have.

use std::time::Duration;

use super::random::Random;

/// Something that breaks while a visitor calls. Most last for a while and are then taken back; the others happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    // The line's, packet by packet: they need a network of their own.
    Unplugged,
    Silent,
    HalfOpenUp,
    HalfOpenDown,
    Slow,
    Distant,
    Lossy,
    Reordered,
    Repeated,
    AddressChanged,
    // The server's end of the line.
    LineEnds,
    LineResets,
    LineCloses,
    Outage,
    ServerDeaf,
    ServerMute,
    // The server's answers.
    TokenRefused,
    TokenHangs,
    TokenTorn,
    TokenUnreadable,
    ApiUnreachable,
    ReleaseRefused,
    ReleaseHangs,
    SocketRefused,
    StartedNever,
    ResumeRefused,
    ResumeHangs,
    NeverAcknowledged,
    NameGone,
    ApiNameGone,
    TlsBroken,
    ServerKilled,
    ServerRestarted,
    FloodOfTexts,
    FloodOfSound,
    FloodOfRubbish,
    // The browser's and the page's.
    Offline,
    PageClockJumps,
    WorkerClockJumps,
    MicrophoneChanges,
    MicrophoneGone,
    SoundSuspended,
    PageFrozen,
    PageBlocked,
    WorkerKilled,
    PageThrows,
    PageMovesHost,
}

impl Fault {
    pub const ALL: [Self; 47] = [
        Self::Unplugged,
        Self::Silent,
        Self::HalfOpenUp,
        Self::HalfOpenDown,
        Self::Slow,
        Self::Distant,
        Self::Lossy,
        Self::Reordered,
        Self::Repeated,
        Self::AddressChanged,
        Self::LineEnds,
        Self::LineResets,
        Self::LineCloses,
        Self::Outage,
        Self::ServerDeaf,
        Self::ServerMute,
        Self::TokenRefused,
        Self::TokenHangs,
        Self::TokenTorn,
        Self::TokenUnreadable,
        Self::ApiUnreachable,
        Self::ReleaseRefused,
        Self::ReleaseHangs,
        Self::SocketRefused,
        Self::StartedNever,
        Self::ResumeRefused,
        Self::ResumeHangs,
        Self::NeverAcknowledged,
        Self::NameGone,
        Self::ApiNameGone,
        Self::TlsBroken,
        Self::ServerKilled,
        Self::ServerRestarted,
        Self::FloodOfTexts,
        Self::FloodOfSound,
        Self::FloodOfRubbish,
        Self::Offline,
        Self::PageClockJumps,
        Self::WorkerClockJumps,
        Self::MicrophoneChanges,
        Self::MicrophoneGone,
        Self::SoundSuspended,
        Self::PageFrozen,
        Self::PageBlocked,
        Self::WorkerKilled,
        Self::PageThrows,
        Self::PageMovesHost,
    ];

    /// Whether it needs a line of packets, in network namespaces.
    pub const fn needs_line(self) -> bool {
        matches!(
            self,
            Self::Unplugged
                | Self::Silent
                | Self::HalfOpenUp
                | Self::HalfOpenDown
                | Self::Slow
                | Self::Distant
                | Self::Lossy
                | Self::Reordered
                | Self::Repeated
                | Self::AddressChanged
        )
    }

    /// Whether a request may be lost by it that nobody makes again: a release is made as well as it can be.
    pub const fn loses_requests(self) -> bool {
        self.needs_line()
            || matches!(
                self,
                Self::TokenTorn
                    | Self::TokenUnreadable
                    | Self::TokenRefused
                    | Self::TokenHangs
                    | Self::ApiUnreachable
                    | Self::ReleaseRefused
                    | Self::ReleaseHangs
                    | Self::ApiNameGone
                    | Self::ServerKilled
                    | Self::ServerRestarted
                    | Self::Offline
                    | Self::PageFrozen
                    // A token that has expired by the page's clock is released and asked for anew.
                    | Self::PageClockJumps
                    | Self::WorkerClockJumps
            )
    }

    /// Whether the browser's or the page's clocks say nothing any more after it.
    pub const fn moves_clocks(self) -> bool {
        matches!(self, Self::PageClockJumps | Self::WorkerClockJumps)
    }

    /// Whether the page runs no script while it lasts.
    pub const fn stops_page(self) -> bool {
        matches!(self, Self::PageFrozen)
    }

    /// Whether it does something to the page by a script.
    pub const fn is_done_in_page(self) -> bool {
        matches!(
            self,
            Self::PageClockJumps
                | Self::WorkerClockJumps
                | Self::MicrophoneChanges
                | Self::MicrophoneGone
                | Self::SoundSuspended
                | Self::PageBlocked
                | Self::WorkerKilled
                | Self::PageThrows
                | Self::PageMovesHost
                | Self::ApiNameGone
                | Self::Offline
        )
    }

    /// How long it is there. A line that says nothing is taken for lost after 10 s: now and then it lasts longer than that.
    pub fn lasts(self, chance: &mut Random) -> Duration {
        let may_be_long = matches!(
            self,
            Self::Silent
                | Self::HalfOpenUp
                | Self::HalfOpenDown
                | Self::ServerDeaf
                | Self::ServerMute
        );
        match self {
            _ if may_be_long && chance.percent(25) => chance.between(10_500, 13_000),
            Self::Unplugged | Self::Offline if chance.percent(25) => chance.between(5_500, 7_000),
            Self::Slow | Self::Distant | Self::Lossy | Self::Reordered | Self::Repeated => {
                chance.between(1_500, 5_000)
            }
            _ => chance.between(200, 3_000),
        }
    }
}
