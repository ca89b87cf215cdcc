import Foundation
import FoundationXML

/// An outsider's opinion of our XML: libxml2's.
enum XMLCheck {
  static func isWellFormed(_ text: String) -> Bool {
    XMLParser(data: Data(text.utf8)).parse()
  }
}
