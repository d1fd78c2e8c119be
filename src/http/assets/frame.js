// The demo shows these pages in a phone, on a page that has banner, navigation and foot already.
if (window !== window.parent) {
  document.documentElement.classList.add('framed');
  document.querySelector('main').setAttribute('aria-label', 'Halaman di telepon');
}
