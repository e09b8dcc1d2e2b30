"""Speech by espeak-ng: a process for each sentence, whose sound is passed on while it is made."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from pipecat.frames.frames import ErrorFrame, Frame
from pipecat.services.settings import TTSSettings
from pipecat.services.tts_service import TTSService

# A fifth of a second at espeak-ng's rate; the first piece has the WAV file's head, too.
PIECE_BYTES = 8_820


class EspeakTTS(TTSService):
    """Says each text that it gets."""

    def __init__(self, voice: str = "en-us", words_a_minute: int = 165):
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model="espeak-ng", voice=voice, language=None),
        )
        self._command = ["espeak-ng", "-v", voice, "-s", str(words_a_minute), "--stdin", "--stdout"]

    async def run_tts(self, text: str, context_id: str) -> AsyncGenerator[Frame | None, None]:
        try:
            sound = self._stream_audio_frames_from_iterator(
                self._speak(text), strip_wav_header=True, context_id=context_id
            )
            async for frame in sound:
                await self.stop_ttfb_metrics()
                yield frame
        except OSError as why:
            yield ErrorFrame(error=f"espeak-ng: {why}")

    async def _speak(self, text: str) -> AsyncIterator[bytes]:
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe)
        try:
            process.stdin.write(text.encode())
            process.stdin.close()
            while True:
                try:
                    piece = await process.stdout.readexactly(PIECE_BYTES)
                except asyncio.IncompleteReadError as end:
                    if end.partial:
                        yield end.partial
                    return
                yield piece
        finally:
            # An interruption leaves it with a pipe that nobody reads.
            if process.returncode is None:
                process.kill()
            await process.wait()
