// The floor of a poll at the head: a bare Express route that answers a constant.
import express from 'express';

const app = express();
app.get('/', (_request, response) => {
  response.json({ changes: [], cursor: 'MS5lMS4x', has_more: false, share_id: null });
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ url: `http://127.0.0.1:${String(typeof address === 'object' ? address?.port : '')}` });
});
process.on('disconnect', () => process.exit(0));
