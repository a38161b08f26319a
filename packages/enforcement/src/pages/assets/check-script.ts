// What runs in the browser of a visitor who is checked: answers the layout question, works out the numbers (in a
// worker, or in slices where there are no workers), sends both, and goes on to the page that was wanted.
// Written for browsers of 2015 and later; where anything is missing, the link to the waiting page is there.

import { SHA256_SCRIPT } from './sha256-script.ts';

// The limits: what takes longer is told, and the other way offered.
const WORK_LIMIT_MS = 90_000;
const SILENCE_LIMIT_MS = 8000;
const SEND_LIMIT_MS = 20_000;
const MOST_ROUNDS = 5;
/** So many checks in a minute and each forgotten: the browser keeps no cookies. */
const MOST_CHECKS_A_MINUTE = 4;

/** `{work}` is the address of the worker. */
export const CHECK_SCRIPT: string = `(function () {
'use strict';
${SHA256_SCRIPT}
var box = document.getElementById('check');
var bar = document.getElementById('bar');
var status = document.getElementById('status');
if (!box || !bar || !status || !window.XMLHttpRequest) return;
var rounds = 0, limit = 0, isOver = false;

function say(name) { status.textContent = box.getAttribute('data-' + name); }
function show(id) { var part = document.getElementById(id); if (part) part.hidden = false; }
function hide(id) { var part = document.getElementById(id); if (part) part.hidden = true; }
function fail(name) {
  isOver = true; clearTimeout(limit); say(name); bar.hidden = true; show('again');
}

function layout(question) {
  var q = question.split('.').map(Number), row = document.createElement('div'), boxes = [], answer = [], i;
  row.style.cssText = 'position:absolute;visibility:hidden;top:-99px;left:0;height:1px;display:flex;direction:ltr;width:' + q[0] + 'px';
  for (i = 0; i < 3; i++) {
    boxes[i] = document.createElement('i');
    boxes[i].style.cssText = 'min-width:0;flex:' + q[1 + i] + ' 0 0px;order:' + q[4 + i] + ';margin-left:' + (i === 0 ? q[7] : 0) + 'px';
    row.appendChild(boxes[i]);
  }
  document.body.appendChild(row);
  var left = row.getBoundingClientRect().left;
  for (i = 0; i < 3; i++) {
    var place = boxes[i].getBoundingClientRect();
    answer.push(Math.round(place.left - left), Math.round(place.width));
  }
  document.body.removeChild(row);
  return answer.join('.');
}

function send(token, answers, place) {
  var request = new XMLHttpRequest();
  request.open('POST', '/.parapet/solve');
  request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
  request.timeout = ${SEND_LIMIT_MS};
  request.onload = function () {
    var result = {};
    try { result = JSON.parse(request.responseText); } catch (e) { return again(token, answers, place); }
    if (result.done) finish();
    else if (typeof result.next === 'string') start(result.next, result.layout);
    else again(token, answers, place);
  };
  request.onerror = request.ontimeout = function () { again(token, answers, place); };
  request.send('token=' + token + '&answers=' + answers.join('.') + '&layout=' + place + '&driven=' + (navigator.webdriver ? 1 : 0));
}
function again(token, answers, place) {
  if (isOver) return;
  if (++rounds > ${MOST_ROUNDS}) return fail('failed');
  setTimeout(function () { send(token, answers, place); }, 1000 * rounds);
}

function start(token, question) {
  if (isOver) return;
  if (++rounds > ${MOST_ROUNDS}) return fail('failed');
  var words = token.split('.'), bits = parseInt(words[3], 36), nonce = words[4];
  var place = layout(question);
  if (words[1] === 'c') return send(token, [findNumber(nonce + ':0:', bits, 0, 1e6)], place);
  say('working');
  bar.value = 0;
  bar.hidden = false;
  clearTimeout(limit);
  limit = setTimeout(function () { fail('failed'); }, ${WORK_LIMIT_MS});
  work({ nonce: nonce, parts: 8, bits: bits }, function (answers) { bar.value = 100; send(token, answers, place); });
}

// The parts that are done, and of the one in hand how likely it would be done by now.
function progress(task, part, tried) {
  var share = (part + 1 - Math.exp(-tried / Math.pow(2, task.bits))) / task.parts;
  bar.value = Math.max(bar.value, Math.min(99, Math.round(100 * share)));
}

function work(task, done) {
  var worker, silence, isDone = false;
  function instead() {
    if (isDone) return;
    isDone = true; clearTimeout(silence);
    if (worker) worker.terminate();
    workHere(task, 0, 0, [], done);
  }
  function listen() { clearTimeout(silence); silence = setTimeout(instead, ${SILENCE_LIMIT_MS}); }
  try {
    worker = new Worker('{work}');
    worker.onerror = instead;
    worker.onmessage = function (event) {
      if (isDone) return;
      listen();
      if (!event.data.answers) return progress(task, event.data.part, event.data.tried);
      isDone = true; clearTimeout(silence); worker.terminate(); done(event.data.answers);
    };
    listen();
    worker.postMessage(task);
  } catch (e) { instead(); }
}

function workHere(task, part, tried, answers, done) {
  if (isOver) return;
  var end = Date.now() + 12;
  while (Date.now() < end) {
    var found = findNumber(task.nonce + ':' + part + ':', task.bits, tried, 200);
    tried += 200;
    if (found < 0) continue;
    answers.push(found); part++; tried = 0;
    if (part === task.parts) return done(answers);
  }
  progress(task, part, tried);
  setTimeout(function () { workHere(task, part, tried, answers, done); }, 0);
}

function finish() {
  isOver = true; clearTimeout(limit);
  bar.value = 100;
  if (navigator.cookieEnabled === false || isLoop()) return fail('nocookies');
  hide('slow');
  var method = box.getAttribute('data-method'), to = box.getAttribute('data-to');
  if (method !== 'GET' && method !== 'HEAD') { hide('lead'); hide('sent'); bar.hidden = true; say('sentdone'); show('after'); return; }
  say('done');
  if (to) location.replace(to); else location.reload();
}
function isLoop() {
  try {
    var minute = Math.floor(Date.now() / 60000), before = (sessionStorage.getItem('parapet') || '').split('.');
    var count = Number(before[0]) === minute ? Number(before[1]) + 1 : 1;
    sessionStorage.setItem('parapet', minute + '.' + count);
    return count > ${MOST_CHECKS_A_MINUTE};
  } catch (e) { return false; }
}

function click(id, action) { var part = document.getElementById(id); if (part) part.onclick = action; }
click('retry', function () { location.reload(); });
click('resend', function () { location.reload(); });
click('back', function () { history.back(); });
show('live');
say('checking');
start(box.getAttribute('data-token'), box.getAttribute('data-layout'));
})();`;
