"""What the serializer and the rules make of good and bad input: python test_wire.py, without a call."""

import asyncio
import base64
import json
import sys
import unittest
from types import SimpleNamespace

from pipecat.frames.frames import (
    EndFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    OutputTransportMessageFrame,
    StartFrame,
)

from wire import HEAD, RATE_HZ, VocadeskSerializer, started
from workshop import FAREWELL, NOT_UNDERSTOOD, READY, answer

SOUND = b"\x01\x02" * 480


def serializer(*, binary: bool = False, on_stop=None) -> VocadeskSerializer:
    async def nothing():
        pass

    made = VocadeskSerializer(binary=binary, on_stop=on_stop or nothing)
    # At the wire's own rate nothing is resampled, and sound can be compared.
    asyncio.run(made.setup(SimpleNamespace(audio_in_sample_rate=RATE_HZ)))
    return made


def text(sound: bytes) -> str:
    return json.dumps({"type": "audio", "data": base64.b64encode(sound).decode()})


class Wire(unittest.TestCase):
    def test_binary_frames_are_taken_where_they_are_offered(self):
        self.assertEqual(
            started({"features": ["resume", "binary"], "callId": "c"}),
            {"type": "started", "callId": "c", "features": ["binary"]},
        )
        for start in [{}, {"features": None}, {"features": "binary"}, {"features": ["opus"]}]:
            self.assertEqual(started(start), {"type": "started", "callId": ""})

    def test_sound_is_heard_from_text_and_binary_frames(self):
        for data in [text(SOUND), HEAD + SOUND]:
            frame = asyncio.run(serializer().deserialize(data))
            self.assertEqual(
                (frame.audio, frame.sample_rate, frame.num_channels), (SOUND, RATE_HZ, 1)
            )

    def test_what_is_not_of_the_wire_is_left_out(self):
        for data in [
            "",
            "hello",
            "[]",
            "null",
            "7",
            '{"type":7}',
            '{"type":"audio"}',
            '{"type":"audio","data":7}',
            '{"type":"audio","data":"A"}',
            '{"type":"audio","data":"AA=="}',
            '{"type":"of_a_later_wire"}',
            b"",
            HEAD,
            HEAD + b"\x00",
            b"\x02" + HEAD[1:] + SOUND,
        ]:
            self.assertIsNone(asyncio.run(serializer().deserialize(data)), data)

    def test_stop_hangs_up(self):
        stopped = []

        async def on_stop():
            stopped.append(True)

        asyncio.run(serializer(on_stop=on_stop).deserialize('{"type":"stop"}'))
        self.assertEqual(stopped, [True])

    def test_frames_of_the_pipeline_become_frames_of_the_wire(self):
        sound = OutputAudioRawFrame(SOUND, RATE_HZ, 1)
        for frame, said in [
            (InterruptionFrame(), '{"type": "clear"}'),
            (EndFrame(), '{"type": "end_call"}'),
            (OutputTransportMessageFrame(message={"type": "x"}), '{"type": "x"}'),
            (StartFrame(), None),
        ]:
            self.assertEqual(asyncio.run(serializer().serialize(frame)), said)
        self.assertEqual(asyncio.run(serializer().serialize(sound)), text(SOUND))
        self.assertEqual(asyncio.run(serializer(binary=True).serialize(sound)), HEAD + SOUND)


class Workshop(unittest.TestCase):
    def test_every_question_of_the_grammar_has_an_answer(self):
        for question, says in [
            ("when are you open on saturday", "On Saturday we are open from ten to two."),
            ("what time are you open on monday", "On Monday we are open from nine to six."),
            ("are you open on sunday", "On Sunday we are closed."),
            ("how much is a flat tire", "A flat tire is eighteen euros, with a new tube."),
            ("could you tell me is my bike ready yet please", READY),
        ]:
            self.assertEqual(answer(question).text, says)
        self.assertIn("nine to six", answer("what are your opening hours").text)
        self.assertEqual(answer("what does a banana cost").text, NOT_UNDERSTOOD)

    def test_thanks_end_the_call(self):
        for thanks in ["thank you", "no thank you", "goodbye", "that is all thank you"]:
            self.assertEqual((answer(thanks).text, answer(thanks).is_goodbye), (FAREWELL, True))
        self.assertFalse(answer("…").is_goodbye)


if __name__ == "__main__":
    tests = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])
    result = unittest.TextTestRunner(verbosity=2).run(tests)
    failed = len(result.failures) + len(result.errors)
    verdict = "FAILED" if failed else "ok"
    # As cargo says it: scripts/test adds these up.
    print(f"test result: {verdict}. {result.testsRun - failed} passed; {failed} failed")
    sys.exit(bool(failed))
