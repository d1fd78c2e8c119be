/** Stands in for the workers beside a gateway: says that it lives, and does as its environment says. */
const { HANDS = '' } = process.env;

process.on('message', (message: { id?: number; stop?: true }) => {
  if (message.stop) {
    if (HANDS !== 'deaf') process.exit(0);
  } else process.send?.({ id: message.id, metrics: [{ pid: process.pid }] });
});
process.on('disconnect', () => {
  process.exit(0);
});
if (HANDS === 'dies') process.exit(3);
if (HANDS === 'hangs') setTimeout(spin, 50);

function spin(): void {
  for (;;); // as an endless loop in a message's way would
}
