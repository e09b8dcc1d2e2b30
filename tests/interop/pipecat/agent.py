"""A voice agent at the far end: a bicycle workshop that answers on ws://127.0.0.1:PORT/call, many calls at once.

python agent.py [PORT]      prints a line of JSON that says where it listens, and one for each turn (stopwatch.py)

Voice activity, recognition, rules and speech are one line each of `Pipeline([…])`: exchange any of them.
"""

import asyncio
import json
import os
import socket
import sys

# Pipecat logs every frame's way otherwise; what is wrong is still said.
os.environ.setdefault("LOGURU_LEVEL", "ERROR")

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import TTSSpeakFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.audio.vad_processor import VADProcessor
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams
from pipecat.turns.user_start import VADUserTurnStartStrategy
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_processor import UserTurnProcessor
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from recognition import RATE_HZ as RECOGNITION_HZ
from recognition import SphinxSTT
from speech import EspeakTTS
from stopwatch import Stopwatch
from wire import RATE_HZ, Captions, VocadeskSerializer, VocadeskTransport, started
from workshop import GREETING, Workshop

# Four windows of Silero's of 32 ms: long enough for no click to interrupt, and an interruption is heard within 300 ms.
# Its own loudness threshold is off: it rises with a delay, and what is voice the model says.
VOICE = VADParams(confidence=0.6, start_secs=0.128, stop_secs=0.4, min_volume=0.0)

START_SECS = 10

app = FastAPI()


@app.websocket("/call")
async def call(websocket: WebSocket):
    """One call: `start`, `started`, and the conversation."""
    await websocket.accept()
    try:
        start = await asyncio.wait_for(websocket.receive_json(), START_SECS)
        if not isinstance(start, dict) or start.get("type") != "start":
            raise ValueError("a call begins with `start`")
    except (ValueError, KeyError, TimeoutError):
        # Also where the frame is no JSON. 1002: protocol error.
        await websocket.close(1002)
        return
    except WebSocketDisconnect:
        return
    answer = started(start)
    # At once: what the pipeline needs to be there a visitor need not wait for, and what they say meanwhile waits.
    await websocket.send_json(answer)
    await converse(websocket, binary="features" in answer)


async def converse(websocket: WebSocket, *, binary: bool):
    async def hang_up():
        await worker.cancel()

    serializer = VocadeskSerializer(binary=binary, on_stop=hang_up)
    params = FastAPIWebsocketParams(
        audio_in_enabled=True,
        audio_out_enabled=True,
        # Frames of 20 ms.
        audio_out_10ms_chunks=2,
        serializer=serializer,
    )
    transport = VocadeskTransport(websocket, params)
    turns = UserTurnStrategies(
        start=[VADUserTurnStartStrategy()],
        # The workshop answers each text at once; when the turn is over is only told to those who want to know.
        stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.0)],
    )
    pipeline = Pipeline(
        [
            transport.input(),
            # Without sound a visitor has not fallen silent: the line is lost, and the rest of the sentence will come.
            VADProcessor(vad_analyzer=SileroVADAnalyzer(params=VOICE), audio_idle_timeout=0),
            SphinxSTT(),  # or any of pipecat.services.*.stt
            UserTurnProcessor(user_turn_strategies=turns),
            Workshop(),  # or an LLM with its context
            EspeakTTS(),  # or any of pipecat.services.*.tts
            Captions(),
            Stopwatch(),
            transport.output(),
        ]
    )
    worker = PipelineWorker(
        pipeline,
        params=PipelineParams(
            audio_in_sample_rate=RECOGNITION_HZ, audio_out_sample_rate=RATE_HZ
        ),
        enable_rtvi=False,
    )

    @transport.event_handler("on_client_connected")
    async def on_client_connected(_transport, _websocket):
        await worker.queue_frames([TTSSpeakFrame(GREETING)])

    @transport.event_handler("on_client_disconnected")
    async def on_client_disconnected(_transport, _websocket):
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


def main():
    # What is loaded at its first use would keep the first visitor waiting.
    SileroVADAnalyzer(params=VOICE)
    SphinxSTT()
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    listener = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(app, log_level="warning", ws="websockets-sansio")
    server = uvicorn.Server(config)
    url = f"ws://127.0.0.1:{listener.getsockname()[1]}/call"
    print(json.dumps({"listens": url}), flush=True)
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
