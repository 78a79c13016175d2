// An endpoint made of ws that echoes, one connection at a time, and writes down what it is told:
//   node record.mjs server            writes its port first
//   node record.mjs client URL        connects for every line on its standard input
// It writes a line for every event, the last one of a connection being "close" with code and reason
// of a close frame, or "fail" with the code of the violation that it saw. It ends when its standard
// input does.

import { createInterface } from 'node:readline';
import WebSocket, { WebSocketServer } from 'ws';
import { tell } from './lines.mjs';

// Without context takeover, so that the other end need not remember earlier messages.
const perMessageDeflate = {
  threshold: 0,
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
};

/** The close code that belongs to an error of ws, which keeps it under a symbol. */
function violation(error) {
  const key = Object.getOwnPropertySymbols(error).find((s) => s.description === 'status-code');
  return key === undefined ? String(error) : String(error[key]);
}

function record(socket) {
  let failed;
  socket.on('message', (data, isBinary) => {
    tell(isBinary ? 'binary' : 'text', data);
    socket.send(data, { binary: isBinary });
  });
  socket.on('ping', (data) => tell('ping', data));
  socket.on('pong', (data) => tell('pong', data));
  socket.on('error', (error) => (failed = violation(error)));
  socket.on('close', (code, reason) =>
    failed === undefined ? tell('close', String(code), reason) : tell('fail', failed));
}

const [role, url] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin });
lines.on('close', () => process.exit(0));
if (role === 'server') {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate });
  server.on('listening', () => console.log(server.address().port));
  server.on('connection', record);
} else {
  lines.on('line', () => record(new WebSocket(url, { perMessageDeflate })));
}
