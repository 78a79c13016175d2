// npm ws on the loopback: an echo server (node echo.js PORT), or one that passes each message to all
// other connections (node echo.js PORT fanout).
"use strict";

const { WebSocket, WebSocketServer } = require("ws");

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: Number(process.argv[2]),
  backlog: 4096,
  perMessageDeflate: false,
  maxPayload: 16 << 20,
});
const fanout = process.argv[3] === "fanout";

function passOn(publisher, data, binary) {
  for (const client of server.clients) {
    if (client !== publisher && client.readyState === WebSocket.OPEN) {
      client.send(data, { binary });
    }
  }
}

server.on("connection", (socket) => {
  socket.on("message", (data, binary) => {
    if (fanout) {
      passOn(socket, data, binary);
    } else {
      socket.send(data, { binary });
    }
  });
  socket.on("error", () => socket.terminate());
});
server.on("listening", () => console.log("ready"));
