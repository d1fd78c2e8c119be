import { expect } from 'chai';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { complaintSchema } from '../../src/domain/complaint.ts';
import { fileToken, startCore, type TestCore } from '../support/core.ts';
import { eventually } from '../support/gateway.ts';
import { command, realSettings, type Role, startRole } from '../support/role.ts';
import { jpegOf } from '../support/pictures.ts';
import { sendSms } from '../support/send.ts';
import { type Home, makeHome } from '../support/tree.ts';

const photo = jpegOf(Buffer.alloc(200_000, 3));
const attachments = z.array(complaintSchema.shape.attachments.element);

describe('npm run backup, npm run restore', () => {
  let home: Home;
  let core: TestCore;
  let gateway: Role;
  let archive: string;

  before(async () => {
    home = await makeHome();
    core = await startCore();
    archive = join(home.dataDir, 'of-today.tar');
    gateway = await startRole('all', home, environment());
  });

  after(async () => {
    gateway.child.kill('SIGKILL');
    await core.stop();
    await home.remove();
  });

  const environment = () => ({ ...realSettings(), ROUTING_CORE_URL: core.url });
  const run = async (...args: readonly string[]) => {
    const { exited, output } = command(args, home, environment());
    return { code: await exited(), output: output() };
  };
  const report = async (sid: string, from: string, text: string) => {
    const sent = { MessageSid: sid, From: `+62812000000${from}`, To: '1708', Body: text };
    expect((await sendSms(home.url, sent)).status).to.equal(200);
  };
  const texts = () => core.events().map(({ data }) => data['text']);
  const arrived = (text: string) => core.until(() => texts().includes(text), 15_000);

  it('copies everything while the gateway works, and brings all of it back', async () => {
    const number = await fillForm(home.url);
    await core.until(() => core.events().some(({ subject }) => subject === number));
    await report('SM1', '01', 'Sudah sampai');
    await arrived('Sudah sampai');
    core.answerWith((_call, response) => response.writeHead(503).end());
    await report('SM2', '02', 'Masih menunggu');

    const backup = await run('backup', archive);

    expect(backup.output).to.contain(archive).and.to.contain('It holds the key');
    expect(backup.code).to.equal(0);
    expect((await stat(archive)).mode & 0o777).to.equal(0o600);
    const again = await run('backup', archive);
    expect([again.code, again.output]).to.deep.equal([1, `${archive} is there already\n`]);
    await report('SM3', '03', 'Sesudah cadangan');

    const inUse = await run('restore', archive, '--yes');
    expect(inUse.output).to.contain('already runs');
    expect(inUse.code).to.equal(1);
    gateway.child.kill('SIGTERM');
    expect(await gateway.exited()).to.equal(0);
    const unasked = await run('restore', archive);
    expect(unasked.code).to.equal(1);
    expect(unasked.output).to.contain('holds data already').and.to.contain('--yes');
    expect(await damagedIsRefused()).to.equal(true);

    const restored = await run('restore', archive, '--yes');

    expect(restored.output).to.contain('What was there before is in');
    expect(restored.code).to.equal(0);
    const before = core.calls.length;
    core.answerWith((_call, response) => response.writeHead(202).end());
    gateway = await startRole('all', home, environment());
    await core.until((calls) => calls.length > before, 15_000);
    await report('SM1', '01', 'Sudah sampai'); // the provider repeats itself
    await report('SM4', '04', 'Kabar baru');
    await arrived('Kabar baru');
    expect(texts().filter((text) => text === 'Sudah sampai')).to.have.length(1);
    const since = core.calls.slice(before).map(({ event }) => event.data['text']);
    expect(since, 'goes on where the backup was').to.deep.equal(['Masih menunggu', 'Kabar baru']);
    expect(
      texts().filter((text) => text === 'Masih menunggu'),
      'one event id',
    ).to.have.length(1);
    const page = await (await fetch(`${home.url}/lacak/${number}`)).text();
    expect(page).to.contain(number);
    expect(await photoOf(number)).to.deep.equal(photo);
    const next = await run('backup', `${archive}.next`);
    expect(next.code, 'PostgreSQL lets itself be copied again').to.equal(0);
  });

  /** One byte somewhere in the middle, as a bad disk would. */
  async function damagedIsRefused(): Promise<boolean> {
    const bytes = await readFile(archive);
    const middle = bytes.length >> 1;
    bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
    const path = `${archive}.damaged`;
    await writeFile(path, bytes);
    const before = await readdir(home.dataDir);
    const { code, output } = await run('restore', path, '--yes');
    expect(output).to.match(/damaged|no tar/);
    expect(await readdir(home.dataDir), 'nothing has changed').to.deep.equal(before);
    return code === 1;
  }

  /** As the routing core gets it. */
  async function photoOf(number: string): Promise<Buffer> {
    const event = core.events().find(({ subject }) => subject === number);
    const [attachment] = attachments.parse(event?.data['attachments']);
    const response = await eventually('the photo', async () => {
      const path = new URL(attachment?.url ?? '').pathname;
      const headers = { authorization: `Bearer ${fileToken}` };
      const answer = await fetch(home.url + path, { headers });
      return answer.ok && answer;
    });
    return Buffer.from(await response.arrayBuffer());
  }
});

/** A report with a photo. Out: its number. */
async function fillForm(url: string): Promise<string> {
  const page = await fetch(url);
  const text = await page.text();
  const given = (name: string) =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  const form = new FormData();
  for (const [name, value] of Object.entries({
    ...{ csrf: given('csrf'), formulir: given('formulir'), klasifikasi: 'pengaduan' },
    ...{ judul: 'Lampu jalan mati', isi: 'Lampu di gang padam sejak pekan lalu.' },
    ...{ lokasi: 'Gang Melati, Kota Bandung', kontak: '0812-3456-7890' },
  })) {
    form.set(name, value);
  }
  form.append('lampiran', new Blob([new Uint8Array(photo)]), 'lampu.jpg');
  const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const answer = await fetch(url, { method: 'POST', body: form, headers: { cookie } });
  const told = await answer.text();
  const number = /data-testid="nomor">(\d+)</.exec(told)?.[1];
  expect(number, told).to.match(/^\d{10}$/);
  return number ?? '';
}
