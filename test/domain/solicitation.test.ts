import { expect } from 'chai';
import { screen } from '../../src/domain/screening.ts';
import { normaliseText } from '../../src/domain/text.ts';

/** Real complaints that name or quote what spam is made of. None may be held. */
const complaints = [
  'Saya tergiur "dana cepat cair tanpa jaminan, proses 1 jam, WA 081234567890", sekarang semua kontak di HP saya ditelepon penagih',
  'Istri saya pinjam dari pinjaman online cepat cair tanpa agunan www.danakilat.xyz, bunganya naik terus tiap hari',
  'Awalnya iming-iming KTA bunga ringan tanpa jaminan hub 081234567890, uang muka saya hilang dua juta',
  'Ibu saya sudah bayar admin 500rb ke dana tunai jaminan BPKB proses cepat WA 081234567890 tapi tidak cair',
  'pinjaman uang tanpa survei cair hari ini wa 081234567890, ternyata minta data KTP suami saya lalu disebar',
  'Kami warga RT 4 didatangi orang koperasi keliling: dana segar tanpa jaminan cicilan ringan hub 081234567890, bunganya mencekik',
  'Adik saya terlanjur pinjam di https://cairkilat.top, limit s/d 5 juta bunga rendah, fotonya disebar ke grup kantor',
  'KTP saya dipakai orang lain untuk pinjaman online cepat cair, tagihan 8 juta, call center 1500123 tidak membantu',
  'Anak saya kelas 2 SMP main slot gacor tiap malam, depo 20 ribu pakai uang jajan, link situs slot beredar di grup sekolah',
  'Putra kami ketagih main zeus dan mahjong, depo lewat pulsa, sudah habis 3 juta. Mohon situsnya ditutup',
  'suami main slot online terus, gaji habis buat depo, katanya gampang menang maxwin',
  'Murid saya main scatter hitam di kelas pakai link slot gacor hari ini https://bit.ly/abc',
  'Bapak saya jual motor buat depo slot gacor maxwin di www.menang77.com, rumah tangga hancur',
  'Warnet depan SDN 2 pasang situs slot gacor, anak SD depo 10rb rupiah tiap pulang sekolah',
  'teman kos saya kalah 15 juta main slot zeus, jackpot cuma pancingan, orang tuanya sakit',
  'Tetangga buka agen togel online, bocoran angka jitu dijual ke ibu-ibu, hub 081234567890',
  'Di grup WA wali murid ada yang kirim link slot gacor maxwin bonus new member 100% https://s.id/x',
  'Guru ngaji kami resah, santri main judi slot gacor rtp live lewat hp',
  'karyawan saya mencuri uang kasir untuk main slot maxwin depo 100 ribu sehari',
  'Website desa kami isinya slot gacor maxwin semua, mohon dibersihkan',
  'Situs sekolah anak saya berubah jadi situs slot gacor terpercaya',
  'Ibu saya transfer 2 juta karena SMS selamat nomor anda mendapat hadiah 100 juta pin 25f4777 klik www.gebyar-xx.blogspot.com',
  'nenek saya percaya telepon pemenang undian mobil avanza, tabungannya habis, pelakunya 081234567890',
  'Ada yang bilang saya menang undian cek tunai 50jt, disuruh klik www.hadiahku.blogspot.com lalu saldo saya hilang',
  'Orang tua teman saya kehilangan uang gara-gara hadiah undian bank, kode pemenang 8x9y7z, hub 081234567890',
  'Mertua saya ditelepon orang yang mengaku bank: anda terpilih sebagai pemenang gebyar hadiah, pin 123456',
  'Anak saya umur 9 tahun bisa buka video porno lewat wifi taman kota, tolong situsnya diblokir',
  'Ada lapak jual obat kuat dan viagra depan gerbang SMP, promo murah, kami orang tua khawatir',
  'Apotek di Jl. Melati jual obat pelangsing promo COD tanpa izin, adik saya masuk rumah sakit',
  'Saya beli paket internet 10GB cuma Rp25rb hub *123#, pulsa terpotong tapi kuota tidak masuk',
  'pulsa saya tersedot langganan promo paket data murah, ketik *363# tidak bisa berhenti',
  'Suami ikut robot trading profit konsisten 10% di t.me/profitpasti, modal 40 juta tidak bisa ditarik',
  'Mahasiswa di kampus ditawari investasi crypto profit harian gabung sekarang, uang kuliah raib',
  'saya kena jasa joki tugas minat wa 081234567890, sudah bayar lalu nomornya mati',
  'Satpol PP tidak bertindak, gadai BPKB liar dana tunai proses cepat pasang banner di tiang listrik kota hub 081234567890',
  'Polisi harus tahu: rumah nomor 12 jadi server judi slot, promo bonus deposit disebar dari situ',
  'OJK tolong cek pinjaman dana tunai tanpa jaminan www.pinjamcepat.xyz, katanya resmi OJK, benarkah begitu',
  'Keponakan saya hampir bunuh diri dikejar pinjaman online, cair cepat limit hingga 10 juta, telp 081234567890 maki-maki',
  'Buruh di pabrik kami terlilit dana cepat tanpa jaminan hub 081234567890, gaji dipotong penagih di gerbang',
  'rekening istri diblokir karena dipakai orang terima depo slot, kami tidak tahu apa-apa, cs bank suruh hubungi 1500888',
];

/** Spam of many kinds, also such as tells of itself. */
const spam = [
  'saya sudah menang 5 juta di slot gacor ini, buktikan sendiri di www.zeus88.com',
  'Saya udah wd 3jt tadi malam cuma depo 20rb, main disini gampang maxwin',
  'Aku kemarin jp paus 15jt di mahjong ways, link slot gacor di bio',
  'jujur saya awalnya ragu tapi terbukti bayar, depo 10rb wd 2jt di DEWA77',
  'makasih min situs slot gacor maxwin, baru join langsung jp 8jt',
  'saya dan istri sekarang cuan tiap hari dari slot gacor maxwin, daftar sekarang di https://s.id/cuan',
  'rungkad terus? pindah ke situs slot gacor hari ini, rtp live 98%, daftar www.gacor777.com',
  'Bosku mau maxwin? daftar sekarang bonus new member 100% slot gacor zeus',
  'pola gacor mahjong hari ini, scatter hitam turun terus, main di www.naga138.com',
  'agen togel online terpercaya diskon 60% hadiah 4d 10 juta www.toto-kita.com',
  'bocoran angka jitu hk malam ini tembus 4d hub mbah 081234567890',
  'saya dulu susah, dibantu mbah jitu angka togel 4d tembus, hub 081234567890',
  'link alternatif sbobet anti nawala deposit pulsa tanpa potongan',
  'poker online bonus deposit harian, chip domino murah wa 081234567890',
  'slot deposit pulsa 10rb gampang maxwin pasti bayar',
  'bandar judi bola parlay terpercaya bonus new member 100% gabung www.bola-x.com',
  'kasino live bonus kekalahan 10%, daftar sekarang link di bio',
  '𝗠𝗔𝗡𝗗𝗔𝗟𝗜𝗞𝗔𝟳𝟳 jp terus bosku',
  's l o t g a c o r hari ini maxwin',
  'Butuh dana cepat? Pinjaman tanpa jaminan proses 1 hari cair, hub WA 081234567890',
  'Dana tunai jaminan BPKB mobil motor proses cepat 1 jam cair hubungi Dedi 081234567890',
  'KTA tanpa agunan bunga ringan limit s/d 300jt hub Rina 081234567890',
  'Pinjaman online cepat cair tanpa survey, klik www.danakilat.xyz',
  'Kartu kredit macet? kami bantu pelunasan kartu kredit diskon 70% call 081234567890',
  'Dana pinjaman tanpa jaminan bunga rendah tenor panjang minat WA 081234567890',
  'Gadai BPKB mobil proses kilat cair hari ini hub 081234567890 promo bunga ringan',
  'SELAMAT nomor anda terpilih sebagai pemenang undian 1 unit mobil avanza hub 081234567890',
  'Selamat! Anda mendapatkan hadiah Rp 75 juta dari bank, pin anda 25f4777, klik www.gebyar-xx.blogspot.com',
  'Sim card anda meraih cek tunai 50jt kode pemenang 8x9y7z info www.hadiahku.blogspot.com',
  'No anda dpt hadiah dari gebyar undian, pin pemenang b5k7t9, hub 081234567890',
  'WhatsApp anda terpilih pemenang hadiah 100 juta, kode id 77aa88 klik www.wa-event.com',
  'Jual akun FB dan followers murah, minat WA 081234567890',
  'Pulsa murah all operator, agen pulsa terpercaya, minat WA 081234567890',
  'Paket internet 10GB cuma Rp25rb, hub *123# sekarang. S&K berlaku',
  'Investasi bitcoin profit harian 10% gabung sekarang t.me/profitpasti',
  'Robot trading cuan konsisten, join grup VIP wa.me/6281234567890',
  'Obat kuat dan pembesar herbal COD hub 081234567890 promo',
  'Obat pelangsing termurah bergaransi, minat chat wa 081234567890',
  'Jasa follower dan pelacak hp, harga murah, wa 081234567890 open order',
  'chip higgs domino termurah 1B 60rb minat wa 081234567890',
];

const holds = (sent: string) => screen(normaliseText(sent), sent).hold;

describe('what solicits, and what complains of it', () => {
  it('is told apart by 40 of each', () => {
    expect([complaints.length, spam.length]).to.deep.equal([40, 40]);
  });

  for (const sent of complaints) {
    it(`lets a complaint pass: ${sent}`, () => {
      expect(holds(sent)).to.equal(null);
    });
  }

  for (const sent of spam) {
    it(`holds: ${sent}`, () => {
      expect(holds(sent)).to.equal('spam_suspected');
    });
  }
});
