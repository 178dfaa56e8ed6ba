'use strict';
{
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const panels = all('main > section');
  const tabs = all('.tabs a');
  const form = document.querySelector('.find');
  const input = form.querySelector('input');
  const found = form.querySelector('output');

  // Tabs.
  const select = tab => {
    for (const other of tabs) {
      other.ariaSelected = other === tab;
      other.tabIndex = other === tab ? 0 : -1;
    }
    for (const panel of panels) {
      panel.hidden = '#' + panel.id !== tab.hash;
    }
    count();
  };
  document.querySelector('.tabs').role = 'tablist';
  for (const [i, tab] of tabs.entries()) {
    tab.role = 'tab';
    tab.id = 'tab-' + i;
    tab.setAttribute('aria-controls', panels[i].id);
    panels[i].role = 'tabpanel';
    panels[i].setAttribute('aria-labelledby', tab.id);
    tab.addEventListener('click', event => {
      event.preventDefault();
      history.replaceState(null, '', tab.hash);
      select(tab);
    });
    tab.addEventListener('keydown', event => {
      const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        const next = tabs[(to + tabs.length) % tabs.length];
        next.focus();
        next.click();
      } else if (event.key === ' ') {
        event.preventDefault();
        tab.click();
      }
    });
  }

  // Finding, whatever the accents and capitals.
  const plain = text => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const rows = all('main tbody tr').map(row => ({ row, text: plain(row.querySelector('.song').textContent) }));
  function count() {
    const panel = panels.find(each => !each.hidden);
    const here = rows.filter(each => panel.contains(each.row) && !each.row.hidden).length;
    found.value = input.value.trim() === '' ? '' : here === 0 ? 'Not found here' : here === 1 ? '1 found' : here + ' found';
  }
  input.addEventListener('input', () => {
    const words = plain(input.value).split(/\s+/);
    document.body.classList.toggle('finding', words.some(word => word));
    for (const { row, text } of rows) {
      row.hidden = !words.every(word => text.includes(word));
    }
    count();
  });
  form.addEventListener('submit', event => event.preventDefault());
  form.hidden = false;

  // Sorting. What is unknown comes last.
  const value = cell => {
    if (cell.matches('.song, .album')) {
      return plain((cell.querySelector('.track') ?? cell).textContent);
    }
    const text = cell.dataset.order ?? cell.textContent;
    const number = Number.parseFloat(text.replaceAll(',', ''));
    return cell.matches('.released') ? text : Number.isNaN(number) ? null : number;
  };
  for (const head of all('th[data-sort]')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener('click', () => {
      const ascending = head.ariaSort ? head.ariaSort !== 'ascending' : head.dataset.sort === '1';
      for (const other of head.parentElement.cells) {
        other.removeAttribute('aria-sort');
      }
      head.ariaSort = ascending ? 'ascending' : 'descending';
      const body = head.closest('table').tBodies[0];
      const keyed = [...body.rows].map(row => [value(row.cells[head.cellIndex]), row]);
      keyed.sort(([a, first], [b, second]) => {
        const order = a === b ? 0 : a === null || a === '' ? Infinity : b === null || b === '' ? -Infinity : (a < b ? -1 : 1) * (ascending ? 1 : -1);
        return order || first.dataset.song - second.dataset.song;
      });
      body.append(...keyed.map(([, row]) => row));
    });
  }

  // A song's row, its line in the chart and its name beside it go together: pointed at, focused, or tapped, which stays.
  for (const panel of panels) {
    let tapped = null;
    const songOf = event => event.target.closest?.('[data-song]')?.dataset.song ?? null;
    const show = song => {
      for (const each of all('[data-song]', panel)) {
        each.classList.toggle('on', each.dataset.song === song);
      }
    };
    panel.addEventListener('pointerover', event => show(songOf(event) ?? tapped));
    panel.addEventListener('pointerleave', () => show(tapped));
    panel.addEventListener('focusin', event => show(songOf(event) ?? tapped));
    panel.addEventListener('focusout', () => show(tapped));
    const tap = song => {
      tapped = song === tapped ? null : song;
      for (const name of all('.bump li', panel)) {
        name.ariaPressed = name.dataset.song === tapped;
      }
      show(tapped);
    };
    panel.addEventListener('click', event => songOf(event) && !event.target.closest('a') && tap(songOf(event)));
    for (const name of all('.bump li', panel)) {
      name.tabIndex = 0;
      name.role = 'button';
      name.ariaPressed = false;
      name.addEventListener('keydown', event => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          tap(name.dataset.song);
        }
      });
    }
  }

  select(tabs.find(tab => tab.hash === location.hash) ?? tabs[0]);
}
