// Bun on the loopback, whose server is the uWebSockets of today: an echo server (bun bun.js PORT), one
// that passes each message to all other connections (fanout), one over TLS (wss PEM), or one that
// compresses (deflate).
"use strict";

const [, , port, mode = "echo", pem] = process.argv;
const TOPIC = "all";
const deflate = mode === "deflate";

const echo = (socket, message) => socket.send(message, deflate);
const passOn = (socket, message) => socket.publish(TOPIC, message); // to all but itself

Bun.serve({
  hostname: "127.0.0.1",
  port: Number(port),
  development: false,
  tls: mode === "wss" ? { cert: Bun.file(pem), key: Bun.file(pem) } : undefined,
  fetch: (request, server) =>
    server.upgrade(request) ? undefined : new Response("WebSocket only", { status: 426 }),
  websocket: {
    open: mode === "fanout" ? (socket) => socket.subscribe(TOPIC) : undefined,
    message: mode === "fanout" ? passOn : echo,
    maxPayloadLength: 16 << 20,
    idleTimeout: 0,
    perMessageDeflate: deflate ? { compress: "dedicated", decompress: "dedicated" } : false,
  },
});
console.log("ready");
