import LambdawireModel

extension ComparisonPage {
  /// How long cold starts take.
  var distribution: Markup {
    let medians = list { $0.startup.map { Self.time($0.median) } }
    guard let smallest = eras.compactMap({ $0.startup?.minimum }).min(),
      let largest = eras.compactMap({ $0.startup?.maximum }).max()
    else {
      return section(
        "distribution", "1. How long a cold start takes",
        .tag("p", [:], "No environment was started in these runs, so there is nothing to measure."))
    }
    // Where the eras are far apart, equal steps of the axis are equal factors.
    let isLogarithmic = largest >= 5 * max(1, smallest)
    let plot = StepPlot(
      identifier: "distribution-plot", title: "Cold-start distribution in each era",
      description:
        "Curves of the share of cold starts that are over after so much time. Medians: \(medians). "
        + "The longest: \(list { $0.startup.map { Self.time($0.maximum) } }).",
      verticalTitle: "share of cold starts that are over",
      horizontalTitle: "time from invoke to handler" + (isLogarithmic ? ", logarithmic" : ""),
      series: eras.compactMap(curve),
      horizontal: { size in
        isLogarithmic
          ? .logarithmic(
            around: Double(max(1, smallest))...Double(largest), limit: size.tickLimit,
            label: Self.time)
          : .linear(upTo: Double(largest), limit: size.tickLimit, label: Self.time)
      },
      vertical: .linear(upTo: 100, limit: 6) { "\(Int($0)) %" })
    return section(
      "distribution", "1. How long a cold start takes",
      .tag(
        "p", [:],
        .text("From the invoke to the start of the handler, where no environment was ready. ")),
      legend,
      figure(
        PlotSize.allCases.map(plot.drawing),
        beside: table(
          "Cold starts", ["era", "p50", "p90", "p99", "max", "number"],
          eras.map { era in
            [era.networking.label]
              + [
                era.startup?.median, era.startup?.percentile90, era.startup?.percentile99,
                era.startup?.maximum,
              ].map { $0.map(Self.time) ?? ComparisonTable.nothing }
              + [Wording.count(UInt64(era.coldStarts.count))]
          })))
  }

  /// Most points of a curve; more could not be told apart.
  private static let pointLimit = 400

  private func curve(_ era: EraResult) -> StepPlot.Series? {
    let sorted = era.coldStarts.map(\.duration).sorted()
    guard let first = sorted.first, let median = era.startup?.median else { return nil }
    var points = [(x: Double(first), y: 0.0)]
    for number in 1...Self.pointLimit where number <= sorted.count {
      let rank = min(sorted.count, Self.pointLimit)
      let index = sorted.count * number / rank - 1
      points.append((Double(sorted[index]), Double(index + 1) * 100 / Double(sorted.count)))
    }
    return StepPlot.Series(
      name: era.networking.styleName, points: points, mark: (Double(median), 50), end: nil)
  }

  /// Where the time of one cold start goes.
  var timeline: Markup {
    let starts = eras.compactMap { era in era.medianColdStart.map { (era, $0) } }
    guard !starts.isEmpty else { return .none }
    let overview = BarPlot(
      identifier: "timeline-plot", title: "One cold start in each era, on one scale",
      description: "Bars as long as the median cold start: "
        + list { $0.medianColdStart.map { Self.time($0.duration) } } + ".",
      horizontalTitle: "time since the invoke",
      rows: starts.map { era, start in
        BarPlot.Row(
          label: era.networking.label, segments: start.steps.map(Self.segment),
          value: Self.time(start.duration))
      }, label: Self.time)
    let steps = table(
      "Steps of these cold starts", ["step"] + starts.map(\.0.networking.label),
      comparison.acts.map { act in
        [StartupStep.label(of: act)]
          + starts.map { _, start in
            let parts = start.steps.filter { $0.act == act }
            return parts.isEmpty
              ? ComparisonTable.nothing
              : Self.time(parts.reduce(0) { $0 + $1.duration })
          }
      })
    return section(
      "timeline", "2. Where the time goes",
      .tag(
        "p", [:],
        .text("The cold start in the middle of each era, first on one scale, then step by step.")),
      kinds,
      .tag(
        "div", ["class": "split"],
        .tag(
          "div", [:],
          [.tag("figure", [:], PlotSize.allCases.map { overview.drawing($0).markup })]
            + starts.map(waterfall)),
        scroll("numbers of the plot", steps)))
  }

  private func waterfall(_ era: EraResult, _ start: ColdStart) -> Markup {
    let parts = start.steps.map {
      "\(StartupStep.label(of: $0.act)) \(Self.time($0.duration))"
    }
    let plot = BarPlot(
      identifier: "timeline-\(era.networking.styleName)",
      title: "Step by step: \(era.networking.label)",
      description: "One after the other: \(parts.joined(separator: ", ")).",
      horizontalTitle: "time since the invoke, this era's own scale",
      rows: start.steps.map { step in
        BarPlot.Row(
          label: StartupStep.label(of: step.act), segments: [Self.segment(step)],
          value: Self.time(step.duration))
      }, label: Self.time)
    return .tag(
      "figure", [:],
      [
        .tag(
          "figcaption", [:], .tag("b", [:], .text(era.networking.label)),
          .text(
            ", \(start.environment): \(Self.time(start.duration)), of which the way into the VPC "
              + "takes \(Self.time(start.networkTime))"))
      ] + PlotSize.allCases.map { plot.drawing($0).markup })
  }

  private static func segment(_ step: ColdStart.Step) -> BarPlot.Segment {
    BarPlot.Segment(
      name: StartupStep.kind(of: step.act).styleName, start: Double(step.start),
      length: Double(step.duration))
  }

  /// How many addresses of the subnets are taken.
  var addresses: Markup {
    let end = Double(eras.map(\.duration).max() ?? 1)
    let most = eras.map(\.interfaces.mostAddresses).max() ?? 0
    let capacity = eras.map(\.interfaces.capacity).max() ?? 0
    // A subnet far larger than what is used would press the curves to the ground.
    let showsCapacity = capacity > 0 && capacity <= most * 4
    let horizontal = { (size: PlotSize) in
      PlotScale.linear(upTo: end, limit: size.tickLimit, label: Self.time)
    }
    let plot = StepPlot(
      identifier: "addresses-plot", title: "Addresses in use over time",
      description:
        "Steps of the number of subnet addresses that Lambda's interfaces have. At most: "
        + list { Wording.count(UInt64(max(0, $0.interfaces.mostAddresses))) }
        + ". The functions' subnets have \(Wording.count(UInt64(capacity))) to give.",
      verticalTitle: "addresses of the subnets in use", horizontalTitle: "time of the run",
      series: eras.map { era in
        let levels = era.interfaces.addresses
        let before = levels.first?.time == 0 ? [] : [(x: 0.0, y: 0.0)]
        return StepPlot.Series(
          name: era.networking.styleName,
          points: before + levels.map { (Double($0.time), Double($0.count)) }, mark: nil, end: end)
      },
      limit: showsCapacity
        ? StepPlot.Limit(
          value: Double(capacity), label: "\(Wording.count(UInt64(capacity))) to give") : nil,
      horizontal: horizontal,
      vertical: .linear(
        upTo: Double(max(most, showsCapacity ? capacity : 0)), limit: 6, isWhole: true
      ) { Wording.count(UInt64($0)) })
    let times = horizontal(.narrow).ticks.map(\.value).filter { $0 <= end }
    return section(
      "addresses", "3. Addresses of the subnet",
      .tag(
        "p", [:],
        .text(
          "Each interface has an address of its subnet, from when it is made until it is deleted. "
            + "The functions' subnets have \(Wording.count(UInt64(capacity))) for Lambda; "
            + "those of hosts are not counted.")),
      legend,
      figure(
        PlotSize.allCases.map(plot.drawing),
        beside: table(
          "Addresses in use", ["at"] + eras.map(\.networking.label),
          times.map { time in
            [Self.time(time)]
              + eras.map {
                Wording.count(UInt64(max(0, $0.interfaces.addresses(at: Int64(time)))))
              }
          } + [
            ["most"] + eras.map { Wording.count(UInt64(max(0, $0.interfaces.mostAddresses))) },
            ["interfaces made while an invoke waited"]
              + eras.map { Wording.count(UInt64($0.interfaces.madeOnInvoke)) },
          ])))
  }

  /// A length of time that is not torn from its unit at the end of a line.
  static func time(_ nanoseconds: Int64) -> String {
    nanoseconds == 0 ? "0" : Wording.shortTime(nanoseconds).replacing(" ", with: "\u{a0}")
  }

  /// What an axis of times says at a tick.
  static func time(_ nanoseconds: Double) -> String {
    time(Int64(nanoseconds.rounded()))
  }
}
