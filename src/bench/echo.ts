import express from 'express';

// The yardstick: what bare Express 5 does with the same bytes on this machine at this moment.
const app = express();
app.post('/{*path}', express.raw({ type: () => true, limit: '3mb' }), (_request, response) => {
  response.type('text/xml').send('<?xml version="1.0" encoding="UTF-8"?><Response/>');
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address ? address.port : 0);
});
process.on('disconnect', () => {
  server.close();
  server.closeAllConnections();
});
