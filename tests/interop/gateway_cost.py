"""What it costs the gateway to hand calls on: python gateway_cost.py GATEWAY [CALLS] [SECONDS]

So many calls at once send a frame of 20 ms each 20 ms, and what answers sends it straight back: the gateway's own echo, then the
server of docs/agents.md behind it. Prints the gateway's processor time for a call, and how long a frame is under way.
"""

import asyncio
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from pathlib import Path

from websockets.asyncio.client import connect

DOCUMENT = Path(__file__).parents[2] / "docs/agents.md"
FRAME = json.dumps({"type": "audio", "data": base64.b64encode(bytes(960)).decode()})
FRAME_SECS = 0.02
LIMITS = "[limits]\ncalls_per_address = 10000\nconnections_per_address = 10000\n"


def processor_secs(pid: int) -> float:
    """User's and system's time; the program's name may hold a blank."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def first_line(command: list[str]) -> tuple[subprocess.Popen, dict]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return process, json.loads(process.stdout.readline())


def token(addresses: dict) -> str:
    body = json.dumps({"embedId": "emb_bench", "browserId": str(uuid.uuid4())}).encode()
    headers = {"content-type": "application/json", "origin": addresses["site"]}
    request = urllib.request.Request(f"{addresses['api']}/v1/tokens", body, headers)
    return json.load(urllib.request.urlopen(request))["token"]


async def call(addresses: dict, secs: float, ways: list[float]):
    url = f"{addresses['wss']}?token={token(addresses)}"
    async with connect(url, origin=addresses["site"]) as socket:
        await socket.send('{"type":"start","agentId":"","promptOverride":null}')
        sent = []

        async def hear():
            async for message in socket:
                if json.loads(message)["type"] == "audio":
                    ways.append(time.monotonic() - sent.pop(0))

        hears = asyncio.create_task(hear())
        due = time.monotonic()
        for _ in range(int(secs / FRAME_SECS)):
            sent.append(time.monotonic())
            await socket.send(FRAME)
            due += FRAME_SECS
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await socket.send('{"type":"stop"}')
        await hears


async def measure(what: str, gateway: str, agent: str, calls: int, secs: float):
    embed = f'[[embed]]\nid = "emb_bench"\norigins = ["self"]\nagent = {agent}\n'
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as config:
        config.write(LIMITS + embed)
        config.flush()
        process, addresses = first_line([gateway, "--config", config.name])
    try:
        ways: list[float] = []
        before = processor_secs(process.pid)
        await asyncio.gather(*(call(addresses, secs, ways) for _ in range(calls)))
        worked = processor_secs(process.pid) - before
    finally:
        process.terminate()
        process.wait()
    ways.sort()
    p50, p99 = (ways[int(len(ways) * share)] * 1000 for share in (0.5, 0.99))
    share = worked / (calls * secs) * 100
    print(f"{what}: {calls} calls for {secs:.0f} s, processor {share:.2f} % of a core for a call; "
          f"there and back p50 {p50:.1f} ms, p99 {p99:.1f} ms, of {len(ways)} frames")


def main():
    gateway = sys.argv[1]
    calls = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    secs = float(sys.argv[3]) if len(sys.argv) > 3 else 20.0
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:
        script.write(re.search(r"```python\n(.*?)```", DOCUMENT.read_text(), re.S)[1])
        script.flush()
        server, said = first_line([sys.executable, script.name])
        try:
            asyncio.run(measure("the gateway's own echo", gateway, '"echo"', calls, secs))
            at = f'{{ url = "{said["listens"]}" }}'
            asyncio.run(measure("an agent at a URL", gateway, at, calls, secs))
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
