// An echo server made of ws: node echo.mjs
// It writes its port on standard output, and ends when its standard input does.

import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('listening', () => console.log(server.address().port));
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  socket.on('error', () => {}); // a violation: ws has sent its close frame
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
