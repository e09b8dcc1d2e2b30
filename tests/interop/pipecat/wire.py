"""Vocadesk's wire, as Pipecat wants it: a serializer, a transport that keeps the pace, and captions of both sides.

Version 1 of docs/protocol.md, with sound in binary frames where both sides can. Numbers and resuming are the gateway's.
"""

import asyncio
import base64
import binascii
import json
import time
from collections.abc import Awaitable, Callable

from pipecat.audio.utils import create_stream_resampler
from pipecat.frames.frames import (
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InterimTranscriptionFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    OutputTransportMessageFrame,
    OutputTransportMessageUrgentFrame,
    TranscriptionFrame,
    TTSTextFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor, FrameProcessorSetup
from pipecat.serializers.base_serializer import FrameSerializer
from pipecat.transports.websocket.fastapi import (
    FastAPIWebsocketOutputTransport,
    FastAPIWebsocketParams,
    FastAPIWebsocketTransport,
)

RATE_HZ = 24_000
PCM16 = 1
# A binary frame's kind and its number, which is 0: the gateway numbers frames, not we.
HEAD = bytes([PCM16, 0, 0, 0, 0])


def started(start: dict) -> dict:
    """The answer to `start`: of what the other side offers we take binary frames."""
    offered = start.get("features")
    takes = isinstance(offered, list) and "binary" in offered
    answer = {"type": "started", "callId": str(start.get("callId", ""))}
    return {**answer, "features": ["binary"]} if takes else answer


class VocadeskSerializer(FrameSerializer):
    """Pipecat's frames to the wire's, and back."""

    def __init__(self, *, binary: bool, on_stop: Callable[[], Awaitable[None]]):
        super().__init__()
        self._binary = binary
        self._on_stop = on_stop
        self._rate_hz = RATE_HZ
        # Never cleared by time: a visitor who comes back after an outage has a gap and no new beginning.
        self._resampler = create_stream_resampler(clear_after_secs=None)

    async def setup(self, setup: FrameProcessorSetup):
        self._rate_hz = setup.audio_in_sample_rate

    async def serialize(self, frame: Frame) -> str | bytes | None:
        if isinstance(frame, InterruptionFrame):
            return json.dumps({"type": "clear"})
        if isinstance(frame, OutputAudioRawFrame):
            # The transport's output has the wire's rate: see `audio_out_sample_rate` in agent.py.
            if self._binary:
                return HEAD + frame.audio
            data = base64.b64encode(frame.audio).decode("ascii")
            return json.dumps({"type": "audio", "data": data})
        if isinstance(frame, EndFrame):
            # The transport writes it once all sound before it is sent.
            return json.dumps({"type": "end_call"})
        messages = (OutputTransportMessageFrame, OutputTransportMessageUrgentFrame)
        if isinstance(frame, messages) and not self.should_ignore_frame(frame):
            return json.dumps(frame.message)
        return None

    async def deserialize(self, data: str | bytes) -> Frame | None:
        """Sound becomes a frame. What is not of the wire is left out, as the wire wants it."""
        if isinstance(data, bytes):
            whole = len(data) > len(HEAD) and len(data) % 2 == 1 and data[0] == PCM16
            return await self._sound(data[len(HEAD) :]) if whole else None
        try:
            frame = json.loads(data)
            kind = frame.get("type")
            if kind == "audio":
                return await self._sound(base64.b64decode(frame["data"], validate=True))
        except (ValueError, AttributeError, KeyError, TypeError, binascii.Error):
            return None
        if kind == "stop":
            await self._on_stop()
        return None

    async def _sound(self, audio: bytes) -> Frame | None:
        if not audio or len(audio) % 2:
            return None
        audio = await self._resampler.resample(audio, RATE_HZ, self._rate_hz)
        # A resampler keeps the first few samples to itself.
        return InputAudioRawFrame(audio, self._rate_hz, 1) if audio else None


class VocadeskTransport(FastAPIWebsocketTransport):
    """Pipecat's own (1.14) sends each frame when its time has come and never makes up for one that was late: on a busy
    machine there are holes in what is heard. The wire takes sound as early as it comes, and `clear` drops what is too early.
    """

    def __init__(self, websocket, params: FastAPIWebsocketParams):
        super().__init__(websocket, params)
        self._output = AheadOfTime(self, self._client, params)


class AheadOfTime(FastAPIWebsocketOutputTransport):
    """Sends a fifth of a second ahead of the time at which it is heard, and catches up."""

    LEAD_SECS = 0.2

    async def _write_audio_sleep(self):
        now = time.monotonic()
        # When all that was sent will have been heard.
        self._next_send_time = max(self._next_send_time, now) + self._send_interval
        await asyncio.sleep(max(0.0, self._next_send_time - now - self.LEAD_SECS))


class Captions(FrameProcessor):
    """Tells the visitor's page what both sides say, while they say it: stands before the transport's output."""

    def __init__(self):
        super().__init__()
        self._last_seq = 0
        # The visitor's words that still grow have one number.
        self._growing: int | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection):
        await super().process_frame(frame, direction)
        if isinstance(frame, InterimTranscriptionFrame):
            await self._tell("user", frame.text, self._number_of_growing())
        elif isinstance(frame, TranscriptionFrame):
            await self._tell("user", frame.text, self._number_of_growing())
            self._growing = None
        elif isinstance(frame, TTSTextFrame):
            await self._tell("assistant", frame.text, self._new_number())
        await self.push_frame(frame, direction)

    def _new_number(self) -> int:
        self._last_seq += 1
        return self._last_seq

    def _number_of_growing(self) -> int:
        if self._growing is None:
            self._growing = self._new_number()
        return self._growing

    async def _tell(self, role: str, text: str, seq: int):
        message = {"type": "transcript", "role": role, "text": text, "seq": seq}
        await self.push_frame(OutputTransportMessageUrgentFrame(message=message))
