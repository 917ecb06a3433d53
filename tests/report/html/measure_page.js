// Runs inside a copy of a report and tells its parent what a reader would stumble over: console
// errors, requests, text on text, text out of its box, a page wider than its window, weak contrast,
// captions that are cut, words broken in cells of tables, a verdict that does not fit the screen.
(() => {
  const problems = [];
  const complain = (what, node) => {
    const words = (node && node.textContent ? node.textContent : '').trim().slice(0, 40);
    if (problems.length < 20) problems.push(words ? `${what}: "${words}"` : what);
  };
  for (const name of ['error', 'warn']) {
    console[name] = (...words) => complain(`console.${name} ${words.join(' ')}`);
  }
  addEventListener('error', e => complain(`error event ${e.message || e.target.tagName}`), true);
  addEventListener('securitypolicyviolation', e => complain(`refused ${e.blockedURI}`));

  // The part of a box that is seen: what lies outside a scrolling region is not.
  const seen = (rect, element) => {
    let { left, top, right, bottom } = rect;
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      if (getComputedStyle(at).overflowX === 'visible') continue;
      const clip = at.getBoundingClientRect();
      left = Math.max(left, clip.left);
      right = Math.min(right, clip.right);
    }
    return { left, top, right, bottom };
  };
  const hidden = element => {
    for (let at = element; at; at = at.parentElement) {
      if (getComputedStyle(at).clipPath !== 'none') return true;  // for screen readers alone
    }
    return !element.checkVisibility();
  };

  // Words that a line could hold: only longer ones may be broken, and names after - _ . and /.
  const measureWords = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const cell = node.parentElement.closest('td, th, caption');
      if (!cell || hidden(node.parentElement)) continue;
      for (const word of node.data.matchAll(/[!-~]+/g)) {
        for (const part of word[0].matchAll(/[^-_./]+/g)) {
          if (part[0].length > 20 || part[0].length < 2) continue;
          const range = document.createRange(), at = word.index + part.index;
          range.setStart(node, at);
          range.setEnd(node, at + part[0].length);
          const tops = new Set([...range.getClientRects()].map(r => Math.round(r.top)));
          if (tops.size > 1 && getComputedStyle(cell).writingMode === 'horizontal-tb') {
            complain(`a word is broken: "${part[0]}" in`, cell);
          }
        }
      }
    }
  };

  const measureCaptions = () => {
    for (const caption of document.querySelectorAll('caption')) {
      const region = caption.closest('.scroll');
      if (!region || hidden(caption)) continue;
      const frame = region.getBoundingClientRect(), range = document.createRange();
      range.selectNodeContents(caption);
      for (const rect of range.getClientRects()) {
        if (rect.right > frame.right + 1 || rect.left < frame.left - 1) {
          complain('a caption is cut', caption);
          break;
        }
      }
    }
  };

  // Headline, table and picture on a laptop's screen.
  const measureFirstScreen = () => {
    if (innerWidth < 1366 || innerHeight !== 768) return;
    for (const part of document.querySelectorAll('h1, .basis, .summary, .first figure')) {
      const { bottom, right } = part.getBoundingClientRect();
      if (bottom > innerHeight || right > innerWidth) {
        complain(`beyond the first screen, down to ${Math.round(bottom)}`, part);
      }
    }
    for (const name of ['h1', '.summary']) {
      if (!document.querySelector(name)) complain(`nothing on the first screen: ${name}`);
    }
  };

  // Boxes of lines are higher than what is written in them: a fifth of the height is spared.
  const overlaps = (boxes, where) => {
    boxes.sort((a, b) => a.top - b.top);
    for (let i = 0; i < boxes.length; ++i) {
      const a = boxes[i], height = a.bottom - a.top;
      for (let j = i + 1; j < boxes.length && boxes[j].top < a.bottom; ++j) {
        const b = boxes[j], spare = 0.2 * Math.min(height, b.bottom - b.top);
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1.5 && down > spare) {
          complain(`${where}: "${b.node.textContent.trim().slice(0, 30)}" lies on`, a.node);
        }
      }
    }
  };

  const channels = text => {
    const numbers = text.match(/[\d.]+/g).map(Number);
    return numbers.length > 3 ? numbers : [...numbers, 1];
  };
  const over = (top, below) =>
    [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const ground = element => {
    if (!element) return channels(matchMedia('(prefers-color-scheme: dark)').matches
      ? 'rgb(0, 0, 0)' : 'rgb(255, 255, 255)');
    const own = channels(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, ground(element.parentElement));
  };
  const luminance = color => {
    const [r, g, b] = color.map(c => c / 255)
      .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  };

  const measureFlow = () => {
    const boxes = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!node.data.trim() || parent.closest('svg, script, style') || hidden(parent)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const home = parent.closest('td, th, li, p, dd, dt, summary, h1, h2, h3, caption');
      const room = home && home.getBoundingClientRect();
      for (const rect of range.getClientRects()) {
        if (rect.width < 0.5) continue;
        if (room && (rect.right > room.right + 1 || rect.left < room.left - 1)) {
          complain('text out of its box', node);
        }
        const part = seen(rect, parent);
        if (part.right - part.left > 1) boxes.push({ ...part, node });
      }
      const ink = channels(getComputedStyle(parent).color), paper = ground(parent);
      if (contrast(over(ink, paper), paper) < 4.5) complain('weak contrast', node);
    }
    overlaps(boxes, 'in the text');
    return boxes.length;
  };

  const measureFigures = () => {
    let count = 0;
    for (const svg of document.querySelectorAll('svg.plot:not(.icon)')) {
      if (!svg.checkVisibility()) continue;
      ++count;
      const frame = svg.getBoundingClientRect(), boxes = [];
      const home = svg.parentElement.getBoundingClientRect();
      const scale = frame.width / svg.viewBox.baseVal.width;
      if (frame.right > home.right + 1) complain('figure out of its place', svg);
      for (const text of svg.querySelectorAll('text')) {
        const rect = text.getBoundingClientRect(), style = getComputedStyle(text);
        const { left, top, right, bottom } = rect;
        boxes.push({ left, top, right, bottom, node: text });
        if (left < frame.left - 1 || right > frame.right + 1 || bottom > frame.bottom + 2) {
          complain('figure cuts', text);
        }
        if (parseFloat(style.fontSize) * scale < 9) complain('too small to read', text);
        const paper = ground(svg);
        if (contrast(channels(style.fill), paper) < 4.5) complain('weak contrast', text);
      }
      for (const marker of svg.querySelectorAll('.marker')) {
        const mark = marker.getBoundingClientRect();
        for (const box of boxes) {
          const across = Math.min(mark.right, box.right) - Math.max(mark.left, box.left);
          const down = Math.min(mark.bottom, box.bottom) - Math.max(mark.top, box.top);
          if (across > 2 && down > 4) complain('a marker lies on', box.node);
        }
      }
      overlaps(boxes, `in the figure ${svg.querySelector('title').textContent}`);
    }
    return count;
  };

  const measure = () => {
    measureFirstScreen();
    for (const details of document.querySelectorAll('details')) details.open = true;
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) {
      complain(`the page is ${page.scrollWidth} wide in a window of ${page.clientWidth}`);
    }
    for (const region of document.querySelectorAll('.scroll')) {
      if (region.tabIndex !== 0) complain('not to be scrolled by keys', region);
    }
    for (const entry of performance.getEntriesByType('resource')) complain(`asked for ${entry.name}`);
    measureWords();
    measureCaptions();
    const texts = measureFlow(), figures = measureFigures();
    parent.postMessage({ width: innerWidth, texts, figures, problems }, '*');
  };
  addEventListener('load', () => setTimeout(measure, 50));
})();
