{% load static %}// Without a network the phone still opens its page: an empty frame and its styles, nobody's data.
const KEPT = "field-6", SHELL = "{% url 'field-shell' %}";
const FILES = [SHELL, "{% static 'jinzhong/tokens.css' %}", "{% static 'jinzhong/office.css' %}", "{% static 'jinzhong/shell.css' %}", "{% static 'jinzhong/phone.css' %}", "{% static 'jinzhong/field.css' %}", "{% static 'jinzhong/clocks.js' %}", "{% static 'jinzhong/field.js' %}"];
self.addEventListener("install", (event) => event.waitUntil(caches.open(KEPT).then((kept) => kept.addAll(FILES)).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)))).then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  const { request } = event, path = new URL(request.url).pathname;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(SHELL)));
  else if (FILES.includes(path)) event.respondWith(fetch(request).catch(() => caches.match(path)));
});
