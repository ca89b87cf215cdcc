/// A program for Python that has Chromium show a page, over the DevTools protocol and a pair of
/// pipes, and prints as JSON what is to be seen.
///
/// Arguments: the browser, the page's file, the width in pixels, `light` or `dark`, and where to put
/// a picture.
enum BrowserCheck {
  static let program = #"""
    import base64, json, os, subprocess, sys, tempfile, shutil

    browser, page, width, scheme, picture = sys.argv[1:6]
    width = int(width)
    profile = tempfile.mkdtemp()
    # The browser reads commands from descriptor 3 and answers on descriptor 4.
    command_out, command_in = os.pipe()
    answer_out, answer_in = os.pipe()

    def descriptors():
        first, second = os.dup(command_out), os.dup(answer_in)
        high = [os.dup2(first, 100), os.dup2(second, 101)]
        os.dup2(high[0], 3)
        os.dup2(high[1], 4)

    process = subprocess.Popen(
        [browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
         "--disable-dev-shm-usage", "--disable-background-networking", "--hide-scrollbars",
         "--user-data-dir=" + profile, "--remote-debugging-pipe", "about:blank"],
        preexec_fn=descriptors, close_fds=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(command_out)
    os.close(answer_in)
    commands, answers = os.fdopen(command_in, "wb"), os.fdopen(answer_out, "rb")
    events, buffer, count = [], b"", 0

    def message():
        global buffer
        while b"\0" not in buffer:
            piece = os.read(answers.fileno(), 1 << 16)
            if not piece:
                raise SystemExit("the browser has gone")
            buffer += piece
        text, buffer = buffer.split(b"\0", 1)
        return json.loads(text)

    def call(method, session=None, **parameters):
        global count
        count += 1
        request = {"id": count, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        commands.write(json.dumps(request).encode() + b"\0")
        commands.flush()
        while True:
            answer = message()
            if answer.get("id") == count:
                if "error" in answer:
                    raise SystemExit(method + ": " + answer["error"]["message"])
                return answer["result"]
            events.append(answer)

    look = r"""
    (() => {
      const found = {overlaps: [], outside: [], faint: [], texts: 0, plots: [], scrollWidth:
        document.documentElement.scrollWidth, width: innerWidth};
      const color = text => {
        const numbers = text.match(/[\d.]+/g).map(Number);
        return numbers.length > 3 && numbers[3] === 0 ? null : numbers.slice(0, 3);
      };
      const light = rgb => {
        const [r, g, b] = rgb.map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b;
      };
      const boxes = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const node = walker.currentNode, parent = node.parentElement, text = node.data.trim();
        if (!text || parent.closest("title, desc, style, .vh")) continue;
        if (!parent.checkVisibility()) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const rects = [...range.getClientRects()].filter(r => r.width > 0 && r.height > 0);
        if (!rects.length) continue;
        found.texts += 1;
        const svg = parent.closest("svg"), scroll = parent.closest(".scroll");
        const frame = svg ? svg.getBoundingClientRect() : scroll ? null : {left: 0, right: innerWidth};
        for (const r of rects) {
          if (frame && (r.left < frame.left - 1 || r.right > frame.right + 1)) found.outside.push(text);
          // Letters do not fill the height that their font reserves.
          const inset = r.height * .15;
          boxes.push({text, node, left: r.left, right: r.right, top: r.top + inset, bottom: r.bottom - inset});
        }
        const style = getComputedStyle(parent);
        const ink = color(svg ? style.fill : style.color);
        let ground = null;
        for (let e = svg || parent; e && !ground; e = e.parentElement) ground = color(getComputedStyle(e).backgroundColor);
        const [a, b] = [light(ink), light(ground || [255, 255, 255])].sort((x, y) => y - x);
        if ((a + .05) / (b + .05) < 4.5) found.faint.push(text);
      }
      boxes.sort((a, b) => a.top - b.top);
      boxes.forEach((a, i) => {
        for (let j = i + 1; j < boxes.length && boxes[j].top < a.bottom - 1; j++) {
          const b = boxes[j];
          if (a.node !== b.node && a.left < b.right - 1 && b.left < a.right - 1) found.overlaps.push([a.text, b.text]);
        }
      });
      for (const svg of document.querySelectorAll("svg[role=img]")) {
        if (!svg.checkVisibility()) continue;
        const frame = svg.getBoundingClientRect();
        found.plots.push({title: svg.querySelector("title").textContent, width: frame.width, height: frame.height,
          marks: svg.querySelectorAll("path, rect").length,
          letters: Math.min(...[...svg.querySelectorAll("text")].map(t => t.getBoundingClientRect().height))});
      }
      return found;
    })()
    """

    try:
        target = call("Target.createTarget", url="about:blank")["targetId"]
        session = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ["Page", "Runtime", "Log", "Network"]:
            call(domain + ".enable", session)
        call("Emulation.setDeviceMetricsOverride", session, width=width, height=900,
             deviceScaleFactor=1, mobile=False)
        call("Emulation.setEmulatedMedia", session,
             features=[{"name": "prefers-color-scheme", "value": scheme}])
        call("Page.navigate", session, url="file://" + os.path.abspath(page))
        while not any(e.get("method") == "Page.loadEventFired" for e in events):
            events.append(message())
        result = call("Runtime.evaluate", session, expression=look, returnByValue=True)
        if "exceptionDetails" in result:
            raise SystemExit(json.dumps(result["exceptionDetails"]))
        found = result["result"]["value"]
        tree = call("Accessibility.getFullAXTree", session)["nodes"]
        images = [n for n in tree if not n.get("ignored") and n.get("role", {}).get("value") == "image"]
        found["images"] = [[n.get(k, {}).get("value", "") for k in ("name", "description")] for n in images]
        shot = call("Page.captureScreenshot", session, captureBeyondViewport=True)
        with open(picture, "wb") as file:
            file.write(base64.b64decode(shot["data"]))
        found["paper"] = len(base64.b64decode(call("Page.printToPDF", session)["data"]))
        found["complaints"] = [
            e["params"] for e in events
            if e.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")]
        found["requests"] = [
            e["params"]["request"]["url"] for e in events
            if e.get("method") == "Network.requestWillBeSent"]
        print(json.dumps(found))
    finally:
        commands.close()
        process.terminate()
        process.wait()
        shutil.rmtree(profile, ignore_errors=True)
    """#
}
