"""The repository in which the demo's agents work: a web shop, small but running, with its bugs."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PACKAGE = """\
{
  "name": "shop",
  "version": "1.4.0",
  "type": "module",
  "private": true,
  "scripts": {
    "start": "node src/server.js",
    "test": "node --test --test-reporter=spec"
  }
}
"""

README = """\
# shop

The web shop of a small bicycle workshop: catalogue, cart, checkout, orders.

    npm start        # http://localhost:3000
    npm test

No dependencies, no build step.
"""

LOGIN = """\
import { createSession, destroySession } from './session.js';
import { findUser, verifyPassword } from './users.js';

export function loginPage(request) {
  return { status: 200, body: { form: 'login', returnTo: request.query.returnTo ?? '/' } };
}

export function login(request) {
  const { email, password } = request.body;
  const user = findUser(email);
  if (!user || !verifyPassword(user, password)) {
    return { status: 401, body: { error: 'Wrong email or password' } };
  }
  const session = createSession(user);
  return {
    status: 303,
    headers: { location: '/', 'set-cookie': cookieFor(session) },
  };
}

export function logout(request) {
  destroySession(request.session);
  return { status: 303, headers: { location: '/' } };
}

function cookieFor(session) {
  return `sid=${session.id}.${session.signature}; Path=/; HttpOnly; SameSite=Lax`;
}
"""

SESSION = """\
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

const SECRET = process.env.SESSION_SECRET ?? 'only-for-development';
const sessions = new Map();

export function createSession(user) {
  const id = randomUUID();
  const session = { id, userId: user.id, signature: sign(id), createdAt: Date.now() };
  sessions.set(id, session);
  return session;
}

export function destroySession(session) {
  sessions.delete(session?.id);
}

export function readSession(cookie) {
  const [id, signature] = (cookie ?? '').split('.');
  if (!id || !signature) return null;
  const expected = Buffer.from(sign(id));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return sessions.get(id) ?? null;
}

function sign(id) {
  return createHmac('sha256', SECRET).update(id).digest('base64url');
}
"""

USERS = """\
const users = [
  { id: 1, email: 'ada@example.com', password: 'correct horse' },
  { id: 2, email: 'grace@example.com', password: 'battery staple' },
];

export function findUser(email) {
  return users.find((user) => user.email === email);
}

export function verifyPassword(user, password) {
  return user.password === password;
}
"""

CART = """\
const VAT = 0.2;

export function addItem(cart, product, quantity = 1) {
  const line = cart.lines.find((each) => each.sku === product.sku);
  if (line) line.quantity += quantity;
  else cart.lines.push({ sku: product.sku, price: product.price, quantity });
  return cart;
}

export function subtotal(cart) {
  return cart.lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
}

export function total(cart) {
  return subtotal(cart) * (1 + VAT);
}
"""

CHECKOUT = """\
import { total } from './cart.js';

const RESERVATION_MS = 15 * 60 * 1000;

export function reserve(cart, now = Date.now()) {
  return { lines: cart.lines, expiresAt: now + RESERVATION_MS };
}

export function placeOrder(cart, reservation, orders) {
  if (Date.now() > reservation.expiresAt) {
    throw new Error('The reservation has expired');
  }
  const order = { id: nextId(), lines: cart.lines, total: total(cart), state: 'placed' };
  orders.push(order);
  return order;
}

let lastId = 103;

function nextId() {
  lastId += 1;
  return lastId;
}
"""

ORDERS = """\
const orders = [
  { id: 101, email: 'ada@example.com', total: 59.9, placedAt: '2026-01-12', state: 'shipped' },
  { id: 102, email: 'grace@example.com', total: 12.5, placedAt: '2026-01-13', state: 'placed' },
  { id: 103, email: 'ada@example.com', total: 349, placedAt: '2026-01-15', state: 'refunded' },
];

export function listOrders({ state, email } = {}) {
  return orders.filter(
    (order) => (!state || order.state === state) && (!email || order.email === email),
  );
}

export function findOrder(id) {
  return orders.find((order) => order.id === Number(id));
}
"""

API = """\
import { login, loginPage, logout } from './auth/login.js';
import { findOrder, listOrders } from './orders.js';
import { products } from './products.js';

const routes = {
  'GET /login': loginPage,
  'POST /login': login,
  'POST /logout': logout,
  'GET /api/products': () => ({ status: 200, body: products }),
  'GET /api/orders': (request) => ({ status: 200, body: listOrders(request.query) }),
};

export function handle(request) {
  const order = /^\\/api\\/orders\\/(\\d+)$/.exec(request.path);
  if (order) {
    const found = findOrder(order[1]);
    return found ? { status: 200, body: found } : { status: 404, body: { error: 'No such order' } };
  }
  const route = routes[`${request.method} ${request.path}`];
  return route ? route(request) : { status: 404, body: { error: 'Not found' } };
}
"""

PRODUCTS = """\
export const products = [
  { sku: 'bell-01', name: 'Brass bell', price: 12.5 },
  { sku: 'tube-28', name: 'Inner tube 28"', price: 6.9 },
  { sku: 'lamp-07', name: 'Dynamo lamp', price: 59.9 },
  { sku: 'seat-03', name: 'Leather saddle', price: 89.95 },
];
"""

SERVER = """\
import { createServer } from 'node:http';
import { handle } from './api.js';

const port = process.env.PORT ?? 3000;

createServer((incoming, response) => {
  const url = new URL(incoming.url, 'http://localhost');
  const { status, headers, body } = handle({
    method: incoming.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    ip: incoming.socket.remoteAddress,
  });
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : JSON.stringify(body));
}).listen(port, () => console.log(`shop listens on http://localhost:${port}`));
"""

LOGIN_TEST = """\
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { login, logout } from '../src/auth/login.js';

const ada = { email: 'ada@example.com', password: 'correct horse' };

test('a wrong password is refused', () => {
  assert.equal(login({ body: { ...ada, password: 'guess' } }).status, 401);
});

test('a login sets the session cookie', () => {
  const { status, headers } = login({ body: ada });
  assert.equal(status, 303);
  assert.match(headers['set-cookie'], /^sid=.+; HttpOnly/);
});

test('a logout leads to the home page', () => {
  assert.equal(logout({ session: null, query: {} }).headers.location, '/');
});
"""

CHECKOUT_TEST = """\
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeOrder, reserve } from '../src/checkout.js';

const cart = { lines: [{ sku: 'bell-01', price: 12.5, quantity: 2 }] };

test('an order is placed within the reservation', () => {
  const orders = [];
  placeOrder(cart, reserve(cart), orders);
  assert.equal(orders.length, 1);
});

test('orders get different numbers', () => {
  const orders = [];
  for (let count = 0; count < 20; count += 1) placeOrder(cart, reserve(cart), orders);
  assert.equal(new Set(orders.map((order) => order.id)).size, 20);
});
"""

CART_TEST = """\
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem, subtotal } from '../src/cart.js';

test('the same product twice is one line', () => {
  const cart = { lines: [] };
  addItem(cart, { sku: 'bell-01', price: 12.5 });
  addItem(cart, { sku: 'bell-01', price: 12.5 }, 2);
  assert.deepEqual(cart.lines, [{ sku: 'bell-01', price: 12.5, quantity: 3 }]);
});

test('the subtotal adds every line', () => {
  const lines = [{ sku: 'a', price: 2, quantity: 3 }, { sku: 'b', price: 1, quantity: 1 }];
  assert.equal(subtotal({ lines }), 7);
});
"""

API_TEST = """\
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handle } from '../src/api.js';

const get = (path, query = {}) => handle({ method: 'GET', path, query, ip: '10.0.0.1' });

test('products are listed', () => {
  assert.equal(get('/api/products').body.length, 4);
});

test('orders are filtered by state', () => {
  assert.deepEqual(get('/api/orders', { state: 'placed' }).body.map((order) => order.id), [102]);
});

test('an unknown order is not found', () => {
  assert.equal(get('/api/orders/999').status, 404);
});
"""

STYLES = """\
:root { --ink: #1d2b36; --brass: #b5892f; }
body { color: var(--ink); font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; }
.product { border: 1px solid #ddd; border-radius: 6px; padding: 1rem; }
.product-price { color: var(--brass); font-weight: 600; }
.product--sale { background: #fff6e0; }
.banner-xmas { background: url(/img/snow.png); color: #fff; }
.cart-badge { background: var(--brass); border-radius: 1em; color: #fff; padding: 0 .5em; }
.btn { border: 0; border-radius: 4px; padding: .5rem 1rem; }
.btn-legacy { border: 1px outset #999; }
"""

PAGE = """\
<!doctype html>
<title>shop</title>
<link rel="stylesheet" href="/styles.css">
<header><a href="/">shop</a> <span class="cart-badge">0</span></header>
<main>
  <article class="product">
    <h2>Brass bell</h2>
    <p class="product-price">12.50 €</p>
    <button class="btn">Add to cart</button>
  </article>
</main>
"""

REVIEW_COMMAND = """\
---
description: Review a part of the shop
---
Review $ARGUMENTS for mistakes, missing tests and unclear names. Answer with a short list.
"""

FILES: Mapping[str, str] = {
    ".claude/commands/review.md": REVIEW_COMMAND,
    "README.md": README,
    "package.json": PACKAGE,
    "public/index.html": PAGE,
    "public/styles.css": STYLES,
    "src/api.js": API,
    "src/auth/login.js": LOGIN,
    "src/auth/session.js": SESSION,
    "src/auth/users.js": USERS,
    "src/cart.js": CART,
    "src/checkout.js": CHECKOUT,
    "src/orders.js": ORDERS,
    "src/products.js": PRODUCTS,
    "src/server.js": SERVER,
    "test/api.test.js": API_TEST,
    "test/cart.test.js": CART_TEST,
    "test/checkout.test.js": CHECKOUT_TEST,
    "test/login.test.js": LOGIN_TEST,
}

IDENTITY = """\
[user]
\tname = Robin
\temail = robin@example.com
[init]
\tdefaultBranch = main
[advice]
\tdefaultBranchName = false
"""


def create(home: Path, work: Path, branch: str, changed: Mapping[str, str]) -> None:
    """Write the repository to `work`, some files changed, commit it, and check `branch` out."""
    (home / ".gitconfig").write_text(IDENTITY)
    for name, text in {**FILES, **changed}.items():
        path = work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    environment = {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    commands = [["init", "-q"], ["add", "."], ["commit", "-qm", "Sell bells"]]
    if branch != "main":
        commands.append(["switch", "-qc", branch])
    for command in commands:
        subprocess.run(["git", *command], cwd=work, env=environment, check=True)
