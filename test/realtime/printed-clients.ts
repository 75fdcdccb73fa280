// The clients that users of these doors have in hand, as their documents print them: addresses and tokens apart, not a character is ours.

/** A page that shows the files of a share. */
export const sharePage = `
const ws = new WebSocket(\`wss://scaidrive.scailabs.ai/api/v1/realtime/ws?token=\${token}\`);

ws.onopen = () => {
  ws.send(JSON.stringify({ action: "subscribe", share_id: "shr_01J3K" }));
};

ws.onmessage = (evt) => {
  const frame = JSON.parse(evt.data);
  if (frame.type === "file_updated") {
    refreshFileRow(frame.data.file_id);
  }
};
`;

export const shareWatcherInPython = `
import asyncio, json
import websockets

async def watch(url, token, share_id):
    async with websockets.connect(f"{url}/api/v1/realtime/ws?token={token}") as ws:
        await ws.send(json.dumps({"action": "subscribe", "share_id": share_id}))
        async for msg in ws:
            frame = json.loads(msg)
            print(frame["type"], frame.get("data"))

asyncio.run(watch("wss://scaidrive.scailabs.ai", token, "shr_01J3K"))
`;

/** A page of the same host: its address begins with the path. */
export const eventsPage = `
const eventSource = new EventSource("/api/events?token=your-token", {
	headers: {
		Authorization: "Bearer your-token",
	},
});

eventSource.onmessage = (event) => {
	const data = JSON.parse(event.data);
	console.log("Event:", data);
};

eventSource.onerror = (error) => {
	console.error("SSE error:", error);
};
`;

export const eventsInNode = `
import EventSource from "eventsource";

const eventSource = new EventSource(
	"http://localhost:3100/api/events?token=your-token"
);

eventSource.onmessage = (event) => {
	const data = JSON.parse(event.data);
	// Handle event
};
`;

/** It listens by name, and events have one only where the address asks for it: `named=1`. */
export const namedEventsPage = `
const eventSource = new EventSource("/api/events?token=your-token");

eventSource.addEventListener("audit_log_created", (event) => {
	const data = JSON.parse(event.data);
	// Handle event
});
`;
