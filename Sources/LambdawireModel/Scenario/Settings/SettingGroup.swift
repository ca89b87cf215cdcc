/// Settings about one matter.
public struct SettingGroup: Sendable {
  public let title: String
  public let settings: [Setting]

  init(_ title: String, _ settings: [Setting]) {
    self.title = title
    self.settings = settings
  }
}
