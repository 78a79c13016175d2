// npm ws on the loopback: an echo server (node echo.js PORT), one that passes each message to all
// other connections (fanout), one over TLS (wss KEYSTORE PASSWORD), or one that compresses (deflate).
"use strict";

const fs = require("fs");
const https = require("https");
const { WebSocket, WebSocketServer } = require("ws");

const [, , port, mode = "echo", keyStore, passphrase] = process.argv;
const address = { host: "127.0.0.1", port: Number(port), backlog: 4096 };
const options = {
  perMessageDeflate: mode === "deflate" ? { threshold: 0 } : false,
  maxPayload: 16 << 20,
};
if (mode === "wss") {
  options.server = https.createServer({ pfx: fs.readFileSync(keyStore), passphrase });
  options.server.listen(address);
} else {
  Object.assign(options, address);
}
const server = new WebSocketServer(options);
const fanout = mode === "fanout";

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
